//! XML 1.0 and Namespaces in XML 1.0: what is no document is refused, by the rule's name.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use atom_fsm::xml::{Attribute, Element, Name, Node};
use atom_fsm::{ErrorKind, Limit, Rule};

fn broken(source: &str) -> Option<(Rule, u64)> {
    let error = Element::parse(source).err()?;
    assert!(error.offset() <= source.len() as u64);
    match error.kind() {
        ErrorKind::Rule(rule) => Some((rule, error.offset())),
        other => panic!("{other:?} for {source}"),
    }
}

macro_rules! refused {
    ($($name:ident: $source:expr => $rule:ident at $offset:expr;)*) => {
        $(
            #[test]
            fn $name() {
                assert_eq!(broken($source), Some((Rule::$rule, $offset)), "{}", $source);
            }
        )*
    };
}

refused! {
    xml_2_1_two_roots: "<a/><b/>" => OneRoot at 4;
    xml_2_1_two_roots_with_content: "<a>x</a>\n<a></a>" => OneRoot at 9;
    xml_2_1_an_unclosed_root: "<a><b></b>" => Incomplete at 10;
    xml_2_1_no_root: "" => Incomplete at 0;
    xml_2_1_only_a_comment: "<!-- a -->" => Incomplete at 10;
    xml_2_1_text_before_the_root: " x<a/>" => RootText at 1;
    xml_2_1_text_after_the_root: "<a/>\n x" => RootText at 6;
    xml_2_1_a_reference_after_the_root: "<a/>&#32;" => RootText at 4;
    xml_2_1_cdata_after_the_root: "<a/><![CDATA[]]>" => RootText at 4;
    xml_2_1_text_before_markup_that_is_none: "x<!y><a/>" => RootText at 0;
    xml_2_1_text_before_cdata_before_the_root: "x<![CDATA[]]><a/>" => RootText at 0;
    xml_2_1_two_byte_order_marks: "\u{FEFF}\u{FEFF}<a/>" => RootText at 3;
    xml_2_2_a_control_character: "<a>\u{1}</a>" => Character at 3;
    xml_2_2_a_noncharacter: "<a>é\u{FFFF}</a>" => Character at 5;
    xml_2_2_nul_in_a_comment: "<a><!--\0--></a>" => Character at 7;
    xml_2_4_cdata_end_in_text: "<a>x]]>y</a>" => CdataEnd at 4;
    xml_2_4_cdata_end_after_a_reference: "<a>&lt;]]></a>" => CdataEnd at 7;
    xml_2_5_two_hyphens_in_a_comment: "<a><!-- a -- b --></a>" => Comment at 3;
    xml_2_5_a_comment_that_ends_in_a_hyphen: "<a><!-- a ---></a>" => Comment at 3;
    xml_2_5_a_comment_without_end: "<a><!-- " => Incomplete at 3;
    xml_2_6_an_instruction_named_xml: "<a><?XmL x?></a>" => Instruction at 3;
    xml_names_3_an_instruction_with_a_colon: "<a><?b:c x?></a>" => Instruction at 3;
    xml_2_6_an_instruction_without_name: "<a><? x?></a>" => Instruction at 3;
    xml_2_6_an_instruction_without_end: "<a><?x </a>" => Incomplete at 3;
    xml_2_7_cdata_without_end: "<a><![CDATA[ </a>" => Incomplete at 3;
    xml_2_7_cdata_in_lower_case: "<a><![cdata[]]></a>" => Markup at 3;
    xml_2_8_a_declaration_that_is_not_first: " <?xml version='1.0'?><a/>" => Declaration at 1;
    xml_2_8_two_declarations: "<?xml version='1.0'?><?xml version='1.0'?><a/>" => Declaration at 21;
    xml_2_8_a_declaration_without_version: "<?xml encoding='UTF-8'?><a/>" => Declaration at 0;
    xml_2_8_version_2: "<?xml version='2.0'?><a/>" => Declaration at 0;
    xml_2_8_a_document_type: "<!DOCTYPE a><a/>" => Doctype at 0;
    xml_2_8_a_document_type_in_lower_case: "<!doctype a><a/>" => Doctype at 0;
    xml_2_8_a_document_type_with_entities: "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>" => Doctype at 0;
    xml_2_8_a_document_type_without_end: "<!DOCTYPE a [<!ENTITY" => Doctype at 0;
    xml_3_an_end_tag_of_another_name: "<a><b></a></b>" => EndTag at 6;
    xml_3_an_end_tag_of_another_prefix: "<x:a xmlns:x='u' xmlns:y='u'></y:a>" => EndTag at 29;
    xml_3_an_end_tag_alone: "</a>" => EndTag at 0;
    xml_3_an_end_tag_after_the_root: "<a/></a>" => EndTag at 4;
    xml_3_1_an_end_tag_with_space_before_the_name: "<a></ a>" => EndTag at 3;
    xml_3_1_an_end_tag_with_an_attribute: "<a></a b='c'>" => EndTag at 3;
    xml_3_1_a_tag_without_name: "<a>< b/></a>" => Name at 4;
    xml_3_1_an_empty_tag: "<a><></a>" => Name at 4;
    xml_3_1_attributes_without_space_between: "<a b='1'c='2'/>" => Tag at 8;
    xml_3_1_an_attribute_without_value: "<a b/>" => AttributeValue at 3;
    xml_3_1_an_attribute_without_value_before_another: "<a b c='d'/>" => AttributeValue at 3;
    xml_3_1_an_attribute_without_quotes: "<a b=c/>" => AttributeValue at 5;
    xml_3_1_an_attribute_without_closing_quote: "<a b='c/>" => Incomplete at 0;
    xml_3_1_an_attribute_that_ends_in_its_equals_sign: "<a bc=/>" => AttributeValue at 3;
    xml_3_1_an_attribute_without_name: "<a ='c'/>" => Name at 3;
    xml_3_1_less_than_in_a_value: "<a b='<'/>" => AttributeLessThan at 6;
    xml_3_1_less_than_by_a_tag_in_a_value: "<a b='x<c>'/>" => AttributeLessThan at 7;
    xml_3_1_a_slash_within_a_tag: "<a / b='c'/>" => Name at 3;
    xml_3_1_two_attributes_of_one_name: "<a b='1' b='1'/>" => AttributeRepeated at 9;
    xml_4_3_3_ascii_declared_and_not_kept_to: "<?xml version='1.0' encoding='US-ASCII'?><a>é</a>" => Encoding at 0;
    xml_4_1_an_undeclared_entity: "<a>&nbsp;</a>" => Entity at 3;
    xml_4_1_an_undeclared_entity_before_markup_that_is_none: "<a>&nbsp;<!y></a>" => Entity at 3;
    xml_4_1_markup_that_is_none_after_a_reference: "<a>&lt;<!y></a>" => Markup at 7;
    xml_4_1_an_undeclared_entity_in_a_value: "<a b='&nbsp;'/>" => Entity at 6;
    xml_4_1_a_reference_to_no_character: "<a>&#0;</a>" => CharacterReference at 3;
    xml_4_1_an_ampersand_alone: "<a>a & b</a>" => Reference at 5;
    xml_4_1_an_ampersand_at_the_end: "<a>a &</a>" => Reference at 5;
    xml_4_1_an_ampersand_before_characters_of_several_octets: "<a>&ééééééé</a>" => Reference at 3;
    xml_4_1_an_ampersand_and_a_character_cut_by_what_is_shown: "<a>&xééééééé</a>" => Reference at 3;
    xml_3_1_an_attribute_that_begins_with_a_character_of_two_octets: "<a ×='1'/>" => Name at 3;
    xml_4_1_a_reference_without_semicolon: "<a b='&amp'/>" => Reference at 6;
    xml_names_3_another_namespace_for_xml: "<a xmlns:xml='urn:x'/>" => PrefixReserved at 3;
    xml_names_3_another_prefix_for_xml: "<a xmlns:b='http://www.w3.org/XML/1998/namespace'/>" => PrefixReserved at 3;
    xml_names_3_xml_as_default: "<a xmlns='http://www.w3.org/XML/1998/namespace'/>" => PrefixReserved at 3;
    xml_names_3_xmlns_declared: "<a xmlns:xmlns='http://www.w3.org/2000/xmlns/'/>" => PrefixReserved at 3;
    xml_names_3_xmlns_as_prefix: "<xmlns:a/>" => PrefixUndeclared at 1;
    xml_names_4_two_colons: "<a:b:c xmlns:a='u'/>" => Name at 1;
    xml_names_4_two_colons_in_an_attribute: "<a xmlns:a='u' a:b:c=''/>" => Name at 15;
    xml_names_4_an_empty_prefix: "<:a/>" => Name at 1;
    xml_names_4_an_empty_local_part: "<a: xmlns:a='u'/>" => Name at 1;
    xml_names_4_a_digit_first: "<1a/>" => Name at 1;
    xml_names_5_an_undeclared_prefix: "<a><b:c/></a>" => PrefixUndeclared at 4;
    xml_names_5_an_undeclared_prefix_of_an_attribute: "<a b:c=''/>" => PrefixUndeclared at 3;
    xml_names_5_a_prefix_declared_within: "<a><b xmlns:p='u'/><p:c/></a>" => PrefixUndeclared at 20;
    xml_names_5_a_prefix_undeclared_again: "<a xmlns:p='u'><b xmlns:p=''/></a>" => PrefixEmpty at 18;
    xml_names_6_3_two_attributes_of_one_expanded_name:
        "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>" => AttributeRepeated at 35;
    xml_names_6_3_two_declarations_of_one_prefix: "<a xmlns:p='u' xmlns:p='v'/>" => AttributeRepeated at 15;
    xml_names_6_3_two_default_declarations: "<a xmlns='u' xmlns='u'/>" => AttributeRepeated at 13;
}

#[test]
fn xml_names_6_3_many_attributes_are_compared_too() {
    let many: String = (0..40).map(|index| format!(" b{index}=''")).collect();
    assert_eq!(broken(&format!("<a{many}/>")), None);
    let at = many.len() as u64 + 3;
    assert_eq!(broken(&format!("<a{many} b7=''/>")), Some((Rule::AttributeRepeated, at)));
    assert_eq!(broken(&format!("<a{many} b20='' c=''/>")), Some((Rule::AttributeRepeated, at)));
}

#[test]
fn what_is_well_formed_is_read() {
    for source in [
        "\u{FEFF}<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\r\n<!-- - --><?p?><a/>\n<!---->",
        "<?xml version='1.0' encoding='us-ascii'?><a>&#233;</a>",
        "<a\n b = 'x'\tc=\"'\"></a \r\n>",
        "<a xmlns='u'><b xmlns=''><xml:c xml:lang=''/></b></a>",
        "<p:a xmlns:p='u' xmlns:q='u' p:b='1' b='2'/>",
        "<é:ñ xmlns:é='u'>]] ]> &#x10FFFF;</é:ñ>",
        "<a>&lt;![CDATA[ <![CDATA[<b>]]></a>",
        "<a b='>'>></a>",
    ] {
        assert_eq!(broken(source), None, "{source}");
    }
}

#[test]
fn an_error_shows_the_whole_name_of_an_attribute() {
    for (source, shown) in [
        ("<a xml:base='' xml:base=''/>", "found \"xml:base\""),
        ("<a xmlns:bc='u' xmlns:bc='u'/>", "found \"xmlns:bc\""),
        ("<a xmlns:bc=''/>", "found \"xmlns:bc\""),
        ("<a xmlns='http://www.w3.org/2000/xmlns/'/>", "found \"xmlns\""),
    ] {
        let message = Element::parse(source).unwrap_err().to_string();
        assert!(message.ends_with(shown), "{message}");
    }
}

#[test]
fn xml_2_11_an_error_tells_line_and_column_in_characters() {
    let error = Element::parse("\u{FEFF}<a>\r\n  é<b></c></a>").unwrap_err();
    let position = error.position().unwrap();
    assert_eq!((position.offset(), position.line(), position.column()), (15, 2, 7));
}

#[test]
fn text_is_never_split() {
    let element = Element::parse("<a>one &amp; two<![CDATA[ <three>]]>&#33;</a>").unwrap();
    assert_eq!(element.nodes(), [Node::Text("one & two <three>!".into())]);
    assert_eq!(element.text(), "one & two <three>!");
    let parted = Element::parse("<a>one<!-- - --> two</a>").unwrap();
    assert_eq!(parted.nodes().len(), 3);
    assert_eq!(parted.text(), "one two");
}

#[test]
fn empty_text_is_no_node_and_adjacent_texts_are_one() {
    let read = Element::parse("<a><![CDATA[]]><b/><![CDATA[]]></a>").unwrap();
    assert_eq!(read.nodes().len(), 1);
    let built = Element::new(Name::new("", "", "a").unwrap());
    let built = built.with_text("").with_text("one").with_text("").with_text(" two");
    assert_eq!(built.nodes(), [Node::Text("one two".into())]);
    assert_eq!(Element::parse(&built.to_string()).unwrap(), built);
}

#[test]
fn trees_survive_a_round_trip() {
    for source in [
        "<a b=\"1\" c=\"&lt;&amp;&quot;&#9;&#10;&#13;\">x &amp; y]]&gt;&#13;<d/><!-- c --><?p q?></a>",
        "<p:a xmlns:p=\"u\"><p:b xmlns:q=\"v\" q:c=\"1\" p:d=\"2\"/></p:a>",
        "<a xmlns=\"u\"><b xmlns=\"\"><c xmlns=\"u\"/></b></a>",
        "<a xmlns=\"u\" xml:lang=\"en\" xml:space=\"preserve\"> </a>",
        "<a xmlns:xs=\"urn:xs\" type=\"xs:string\"><b>see xs:int</b></a>",
    ] {
        let element = Element::parse(source).unwrap();
        assert_eq!(element.to_string(), source);
        assert_eq!(Element::parse(&element.to_string()).unwrap(), element);
    }
}

#[test]
fn xml_names_5_prefixes_that_values_use_are_declared_again() {
    let source = "<r xmlns:xs='urn:xs' xmlns:no='urn:no'><a type='xs:int'/></r>";
    let root = Element::parse(source).unwrap();
    assert_eq!(root.to_string(), "<r xmlns:xs=\"urn:xs\"><a type=\"xs:int\"/></r>");
    for (source, expected) in [
        (
            "<r xmlns:q='u'><a xmlns:p='v' t='p:x q:y'/></r>",
            "<r xmlns:q=\"u\"><a xmlns:p=\"v\" t=\"p:x q:y\"/></r>",
        ),
        // Declared again, to say the same.
        (
            "<r xmlns:q='u'><a q:b=''><c xmlns:q='u' t='q:x'/></a><d/></r>",
            "<r xmlns:q=\"u\"><a q:b=\"\"><c t=\"q:x\"/></a><d/></r>",
        ),
    ] {
        let once = Element::parse(source).unwrap().to_string();
        assert_eq!(once, expected);
        assert_eq!(Element::parse(&once).unwrap().to_string(), once);
    }
}

#[test]
fn xml_names_5_prefixes_that_values_use_keep_what_each_stands_for() {
    for source in [
        "<r><a xmlns:p=\"u\" t=\"p:x\"/><b xmlns:p=\"v\">p:x</b></r>",
        "<r><p:a xmlns:p=\"v\"><b xmlns:p=\"u\" t=\"(p:x, -p:y)\"/>p:z</p:a><c/></r>",
        "<r xmlns:p=\"u\"><a><b t=\"p:x\"/><c xmlns:p=\"v\"><d>p:x</d></c></a></r>",
    ] {
        assert_eq!(Element::parse(source).unwrap().to_string(), source);
    }
}

#[test]
fn prefixes_that_values_use_are_declared_where_they_were_however_many() {
    use std::fmt::Write as _;
    // Before, each was compared with all, and all were declared on the root, past any limit.
    let mut source = String::from("<r>");
    for index in 0..100_000 {
        write!(source, "<a xmlns:p{index}=\"u\" t=\"p{index}:x\"/>").unwrap();
    }
    source.push_str("</r>");
    assert_eq!(Element::parse(&source).unwrap().to_string(), source);
}

#[test]
fn a_long_namespace_is_held_once_however_many_names_are_in_it() {
    // Its reference makes it a text of its own; a copy for each name would be some 200 MB.
    let source = format!("<a xmlns='u:&amp;{}'>{}</a>", "u".repeat(2_000), "<b/>".repeat(100_000));
    let element = Element::parse(&source).unwrap().into_owned();
    assert_eq!(element.children().count(), 100_000);
    assert!(element.children().all(|child| child.name().namespace().len() == 2_003));
}

#[test]
fn comments_and_instructions_in_a_tree_count_as_elements() {
    let refused = |source: &str| {
        Element::parse(source).map(drop).map_err(|error| (error.kind(), error.offset()))
    };
    let limit = ErrorKind::Limit(Limit::Elements);
    let comments = "<!---->".repeat(999_999);
    assert_eq!(refused(&format!("{comments}<a>{comments}</a>{comments}")), Ok(()));
    assert_eq!(refused(&format!("<a>{comments}<!----></a>")), Err((limit, 3 + 7 * 999_999)));
    assert_eq!(
        refused(&format!("<a>{}<?b?></a>", "<?b?>".repeat(999_999))),
        Err((limit, 3 + 5 * 999_999))
    );
}

#[test]
fn built_names_get_prefixes_that_do_not_clash() {
    let name = |namespace, prefix, local| Name::new(namespace, prefix, local).unwrap();
    let built = Element::new(name("urn:a", "p", "a"))
        .with_attribute(Attribute::new(name("urn:b", "p", "b"), "1"))
        .with_attribute(Attribute::new(name("urn:a", "", "c"), "2"))
        .with_attribute(Attribute::new(name("urn:d", "xml", "d"), "3"))
        .with_child(Element::new(name("", "", "e")))
        .with_child(Element::new(name("urn:b", "", "f")))
        .with_child(Element::new(name("urn:g", "xmlns", "g")));
    let written = built.to_string();
    assert_eq!(Element::parse(&written).unwrap(), built, "{written}");
    assert_eq!(Name::new("", "", "a b").unwrap_err().kind(), ErrorKind::Rule(Rule::Name));
    assert_eq!(
        Name::new("http://www.w3.org/2000/xmlns/", "", "a").unwrap_err().kind(),
        ErrorKind::Rule(Rule::PrefixReserved)
    );
}

#[test]
fn a_path_counts_the_elements_of_one_local_name_within_their_parent() {
    let name = |namespace, prefix, local| Name::new(namespace, prefix, local).unwrap();
    let b = |namespace, prefix| Element::new(name(namespace, prefix, "b"));
    let nested = Element::new(name("", "", "c")).with_child(b("", "")).with_child(b("", ""));
    let bad = b("urn:x", "x").with_child(Element::new(name("", "", "d")).with_text("\0"));
    let built = Element::new(name("", "", "a"))
        .with_child(b("", ""))
        .with_text("<b>")
        .with_child(nested)
        .with_child(b("urn:y", "y"))
        .with_child(bad)
        .with_child(b("", ""));
    let error = built.write(&mut b"<b/>".to_vec()).unwrap_err();
    assert_eq!((error.rule(), error.path()), (Some(Rule::Character), Some("/a/b[3]/d[1]")));
}

#[test]
fn what_cannot_be_written_is_refused_with_its_path() {
    let name = |local| Name::new("", "", local).unwrap();
    let inner = Element::new(name("b")).with_text("\u{1}");
    let built = Element::new(name("a")).with_child(Element::new(name("b"))).with_child(inner);
    let mut out = b"before".to_vec();
    let error = built.write(&mut out).unwrap_err();
    assert_eq!(out, b"before");
    assert_eq!((error.kind(), error.path()), (ErrorKind::Rule(Rule::Character), Some("/a/b[2]")));
    let value = Element::new(name("a")).with_attribute(Attribute::new(name("b"), "\0"));
    assert_eq!(value.write(&mut out).unwrap_err().path(), Some("/a"));
    let declaration = Element::new(name("a")).with_attribute(Attribute::new(name("xmlns"), "u"));
    let error = declaration.write(&mut out).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Rule(Rule::PrefixReserved), Some("/a")));
    let element = Element::new(name("xmlns"));
    assert_eq!(Element::parse(&element.to_string()).unwrap(), element);
}
