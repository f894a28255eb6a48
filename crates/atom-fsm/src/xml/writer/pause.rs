//! Writing a document in parts, each of which ends between two children of the root.

use super::XmlWriter;
use super::around::{Around, RootChild};
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use crate::settings::Settings;
use crate::xml::scope::Scope;

/// What a writer knows between two children of the root.
#[derive(Debug, Default)]
pub(crate) struct PausedWriter {
    around: Around,
    scope: Scope<'static>,
    generated: usize,
    settings: Settings,
}

impl PausedWriter {
    pub(crate) fn settings(&self) -> Settings {
        self.settings
    }

    /// Counts children that were written.
    pub(crate) fn count(&mut self, child: RootChild, number: usize) {
        self.around.count(child, number as u64);
    }

    /// The name of the root as it is written, with its prefix.
    pub(crate) fn root(&self) -> &str {
        self.around.name()
    }

    /// Whether a prefix stands for a namespace in the root.
    pub(crate) fn means(&self, prefix: &str, namespace: &str) -> bool {
        self.scope.means(prefix, namespace)
    }

    /// The namespace that a prefix stands for in the root.
    pub(crate) fn namespace(&self, prefix: &str) -> Option<&str> {
        self.scope.namespace(prefix)
    }
}

impl<'w> XmlWriter<'w> {
    /// Ends the writing of a part. If it failed, what was written of it is removed.
    pub(crate) fn pause(
        mut self,
        written: Result<(), Error>,
    ) -> (PausedWriter, Result<Diagnostics, Error>) {
        let (around, namespaces) = match self.around.take() {
            Some((around, namespaces)) => (around, namespaces),
            None => {
                self.close_tag();
                let name = self.names.first().and_then(|name| self.out.get(name.clone()));
                let name = String::from_utf8_lossy(name.unwrap_or_default());
                (Around::new(&name), self.scope.len())
            }
        };
        let mut scope = std::mem::take(&mut self.scope);
        scope.truncate(namespaces);
        let (generated, settings) = (self.generated, self.settings);
        (PausedWriter { around, scope, generated, settings }, self.finish(written))
    }

    /// Goes on with the next children.
    pub(crate) fn resume(out: &'w mut Vec<u8>, paused: PausedWriter) -> Self {
        let mut writer = Self::new(out, paused.settings);
        writer.around = Some((paused.around, paused.scope.len()));
        writer.scope = paused.scope;
        writer.generated = paused.generated;
        writer
    }

    /// Writes an element as it was read, with more attributes at an offset in its start tag, and markup
    /// before its end tag. All of it is known to be well-formed.
    pub(crate) fn copy(
        &mut self,
        source: &str,
        at: usize,
        attributes: &[(String, &str)],
        inside: &[u8],
    ) -> Result<(), Error> {
        let (begin, rest) = source.split_at_checked(at).unwrap_or((source, ""));
        self.out.extend_from_slice(begin.as_bytes());
        for (name, value) in attributes {
            self.plain(name, Some(value))?;
        }
        let end = if inside.is_empty() { None } else { rest.rfind("</") };
        let (rest, end) = rest.split_at(end.unwrap_or(rest.len()));
        self.out.extend_from_slice(rest.as_bytes());
        self.out.extend_from_slice(inside);
        self.out.extend_from_slice(end.as_bytes());
        Ok(())
    }

    /// The path of the root around what is written, unless a child of it is open.
    pub(super) fn path_around(&self) -> String {
        match &self.around {
            Some((around, _)) if self.open.is_empty() => format!("/{}", around.local()),
            _ => String::new(),
        }
    }

    /// Reports a violation in a child of the root that is copied.
    pub(crate) fn violation_in_copy(&mut self, rule: Rule) -> Result<(), Error> {
        let path = self.around.as_ref().map(|(around, _)| around.path(b"entry"));
        self.violation_at(rule, &path.unwrap_or_default())
    }

    /// Refuses a violation of the root, or reports it.
    pub(crate) fn violation_in_root(&mut self, rule: Rule) -> Result<(), Error> {
        self.violation_at(rule, &self.path_around())
    }

    fn violation_at(&mut self, rule: Rule, path: &str) -> Result<(), Error> {
        if !self.settings.tolerance.tolerates(rule) {
            return Err(Error::built(rule, path, ""));
        }
        let limit = self.settings.limits.diagnostics;
        self.diagnostics.push(limit, || Diagnostic::built(rule, path));
        Ok(())
    }
}
