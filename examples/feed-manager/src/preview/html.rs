//! HTML of others, made safe.

use super::nesting::nest;
use ammonia::{Builder, UrlRelative};
use std::collections::HashSet;
use url::Url;

/// How many octets of an entry's HTML are shown. The parser's time grows with the square of the number of
/// attributes that one element has.
pub(super) const SHOWN_OCTETS: usize = 64 * 1024;

/// HTML that a page may show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) html: String,
    pub(super) is_cut: bool,
}

/// Sanitises HTML. Elements that format text are kept, without scripts, styles, forms and frames. Links are
/// resolved against the base, kept if they are http, https or mailto, and open in a window that knows
/// nothing of this one. Of an image, the alternative text is kept: nothing is loaded from elsewhere, so
/// that nobody learns who reads what.
pub(super) fn sanitise(html: &str, base: Option<&str>) -> Shown {
    let most = html.len().min(SHOWN_OCTETS);
    let end = (0..=most).rev().find(|&end| html.is_char_boundary(end)).unwrap_or_default();
    let base = base.and_then(|base| Url::parse(base).ok());
    let relative = base.map_or(UrlRelative::Deny, UrlRelative::RewriteWithBase);
    let shown = Builder::default()
        .rm_tags(["area", "map"])
        .rm_tag_attributes("img", ["src", "align", "height", "width"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(relative)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("a", "target", "_blank")
        .clean(&nest(&html[..end]))
        .to_string();
    Shown { html: shown, is_cut: end < html.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: Option<&str> = Some("http://example.org/a/feed");

    #[test]
    fn markup_that_acts_is_left_out() {
        for html in [
            "<script>sentinel()</script>",
            "<img src=x onerror=sentinel()>",
            "<svg onload=sentinel()><script>sentinel()</script></svg>",
            "<math><mtext><table><mglyph><style><img src=x onerror=sentinel()>",
            "<iframe srcdoc='<script>sentinel()</script>'></iframe>",
            "<a href='javascript:sentinel()'>x</a>",
            "<a href=' java\tscript:sentinel()'>x</a>",
            "<a href='data:text/html,<script>sentinel()</script>'>x</a>",
            "<form action='javascript:sentinel()'><button>x</button></form>",
            "<a href=x style='background:url(javascript:sentinel())' onclick=sentinel()>x</a>",
            "<base href='javascript:sentinel()//'><meta http-equiv=refresh content='0;javascript:sentinel()'>",
            "<style>@import 'javascript:sentinel()';</style>",
            "<noscript><p title='</noscript><script>sentinel()</script>'>",
            "<object data='javascript:sentinel()'></object><embed src='javascript:sentinel()'>",
            "<!--><script>sentinel()</script-->",
            "<video src=x onerror=sentinel()><source onerror=sentinel()></video>",
        ] {
            let shown = sanitise(html, BASE).html;
            for active in [
                "<script",
                "<style",
                "<iframe",
                "<form",
                "<svg",
                "<base",
                "<meta",
                "javascript:",
                "data:",
                "onerror",
                "onclick",
                "onload",
                "<object",
                "<embed",
                "src=",
            ] {
                assert!(!shown.contains(active), "{html} became {shown}");
            }
        }
    }

    #[test]
    fn rfc3986_5_links_are_resolved_and_open_in_a_window_of_their_own() {
        let shown = sanitise("<p>a <a href='../b?c'>d</a><img src='http://e/' alt='f'></p>", BASE);
        assert!(!shown.is_cut);
        for kept in [
            "href=\"http://example.org/b?c\"",
            "rel=\"noopener noreferrer nofollow\"",
            "target=\"_blank\"",
            "<img alt=\"f\">",
        ] {
            assert!(shown.html.contains(kept), "{kept} in {}", shown.html);
        }
        assert!(!sanitise("<a href=b>c</a>", None).html.contains("href"));
    }

    #[test]
    fn what_is_long_is_cut_between_characters_and_says_so() {
        let shown = sanitise(&"é".repeat(SHOWN_OCTETS), BASE);
        assert!(shown.is_cut && shown.html.len() == SHOWN_OCTETS, "{}", shown.html.len());
    }

    #[test]
    fn hostile_markup_becomes_no_longer_than_its_length_allows() {
        let numbered = |before: &str, after: &str| -> String {
            (0..SHOWN_OCTETS / 12).map(|number| format!("{before}{number:x}{after}")).collect()
        };
        let mut documents: Vec<String> = [
            "<div>", "<a>", "<b><p>", "<p a>", "<table>", "<a b=c ", "</p>", "&", "<!--",
            "<li><ul>", "<tr><td>",
        ]
        .into_iter()
        .map(|unit| unit.repeat(SHOWN_OCTETS / unit.len()))
        .collect();
        documents.push(format!("<a{}>", numbered(" ", "")));
        documents.push(numbered("<b title=", ">"));
        // Formatting that is open is opened again in each paragraph.
        documents.push(format!(
            "<p>{}{}",
            &numbered("<b title=", ">")[..SHOWN_OCTETS / 2],
            "<p>x".repeat(SHOWN_OCTETS / 8)
        ));
        documents.push("<b title=x><table><td></b></table>".repeat(SHOWN_OCTETS / 34));
        for html in documents {
            let shown = sanitise(&html, BASE).html;
            let about = html.get(..40).unwrap_or(&html);
            assert!(shown.len() < 16 * SHOWN_OCTETS, "{about}: {} octets", shown.len());
        }
    }
}
