//! Form data (RFC 7578), with names and file names as browsers write them.
//!
//! The HTML Standard (section 4.10.21.8) writes `%22`, `%0D` and `%0A` for `"`, CR and LF, and
//! everything else as it is, also `\` and `%`.

use crate::error::Error;
use crate::field::content_disposition::ContentDisposition;
use crate::field::form_parameters::ESCAPES;
use crate::head::Head;
use crate::head::builder::HeadBuilder;
use crate::rule::Rule;
use bytes::Bytes;
use std::borrow::Cow;

impl<'a> Head<&'a [u8]> {
    /// The name of a form field (RFC 7578 section 4.2), or `None` if the Content-Disposition is not
    /// `form-data` or states no name.
    ///
    /// The name is read as browsers write it: a backslash stands for itself, and `%22`, `%0D` and
    /// `%0A` for `"`, CR and LF. Nothing else is decoded, so that the names `"` and `%22` cannot be
    /// told apart. Only if the whole field is not as browsers write it, as `name="a\"b"`, backslashes
    /// quote as in RFC 9110, and nothing else is decoded.
    ///
    /// The name is decoded as UTF-8 if it is valid UTF-8, and as ISO-8859-1 otherwise. Browsers send
    /// UTF-8, unless the page asks for another encoding. A page learns which one by a field with the
    /// name `_charset_` (RFC 7578 section 4.6): its value is the name of the encoding of all text
    /// fields. This crate does not convert text.
    ///
    /// # Errors
    /// [`Rule::ContentDispositionSyntax`], [`Rule::FieldRepeated`] if the head has two
    /// Content-Dispositions, and [`Rule::FormParameterRepeated`] if the name is stated twice: two readers
    /// could take different ones.
    pub fn form_name(self) -> Result<Option<Cow<'a, str>>, Error> {
        self.form_parameter("name")
    }

    /// The file name of a form field (RFC 7578 section 4.2), read as
    /// [`form_name`](Self::form_name) is, or `None` if the field is no file.
    ///
    /// It is empty if a browser sends a form in which no file was chosen. `filename*` is ignored, as
    /// RFC 7578 forbids it.
    ///
    /// The name may contain path separators, dots and control characters. Before a file is given
    /// this name, take the last segment and check it.
    ///
    /// # Errors
    /// Those of [`form_name`](Self::form_name).
    pub fn form_filename(self) -> Result<Option<Cow<'a, str>>, Error> {
        self.form_parameter("filename")
    }

    fn form_parameter(self, name: &str) -> Result<Option<Cow<'a, str>>, Error> {
        if let Some(again) = self.get_all("content-disposition").nth(1) {
            return Err(Error::violation(Rule::FieldRepeated, self.offset_of(again), again));
        }
        let disposition = self.content_disposition()?;
        let Some(disposition) = disposition.filter(ContentDisposition::is_form_data) else {
            return Ok(None);
        };
        disposition.form_parameter(name).map_err(|rule| {
            let value = self.get("content-disposition").unwrap_or_default();
            Error::violation(rule, self.offset_of(value), value)
        })
    }
}

impl Head<Bytes> {
    /// The name of a form field (RFC 7578 section 4.2), as a borrowed head reads it.
    ///
    /// # Errors
    /// Those of a borrowed head.
    pub fn form_name(&self) -> Result<Option<Cow<'_, str>>, Error> {
        self.borrow().form_name()
    }

    /// The file name of a form field (RFC 7578 section 4.2), as a borrowed head reads it.
    ///
    /// # Errors
    /// Those of a borrowed head.
    pub fn form_filename(&self) -> Result<Option<Cow<'_, str>>, Error> {
        self.borrow().form_filename()
    }
}

impl HeadBuilder {
    /// Appends the Content-Disposition of a form field that is no file (RFC 7578 section 4.2).
    ///
    /// The name is escaped as browsers do it: see [`Head::form_name`]. A browser also writes CR LF
    /// for each line break of a name; this method does not change them.
    ///
    /// ```
    /// use multipart_package::HeadBuilder;
    ///
    /// let head = HeadBuilder::new().form_data("5\" disk \\ tape").build()?;
    /// let line = b"Content-Disposition: form-data; name=\"5%22 disk \\ tape\"\r\n";
    /// assert_eq!(head.as_bytes(), line);
    /// assert_eq!(head.form_name()?.unwrap(), "5\" disk \\ tape");
    /// # Ok::<(), multipart_package::Error>(())
    /// ```
    pub fn form_data(self, name: &str) -> Self {
        self.form(&[("name", name)])
    }

    /// Appends the Content-Disposition of a form field that is a file, with its name escaped as
    /// browsers do it. Such a field usually has a Content-Type, too.
    pub fn form_file(self, name: &str, filename: &str) -> Self {
        self.form(&[("name", name), ("filename", filename)])
    }

    fn form(self, parameters: &[(&str, &str)]) -> Self {
        let mut value = String::from("form-data");
        for (name, text) in parameters {
            value.extend(["; ", name, "=\""]);
            escape(text, &mut value);
            value.push('"');
        }
        self.field("Content-Disposition", value)
    }
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match ESCAPES.iter().find(|(escaped, _)| char::from(*escaped) == character) {
            Some((_, escape)) => out.push_str(escape),
            None => out.push(character),
        }
    }
}
