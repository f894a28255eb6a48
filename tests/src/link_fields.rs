//! The Link fields of the drafts, of RFC 8288 and of common peers.

use std::path::{Path, PathBuf};

/// The Link fields of one message.
#[derive(Debug, Clone)]
pub struct LinkFields {
    /// Its folder and name.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The fields' values, in order.
    pub values: Vec<String>,
}

/// All of them, by name.
///
/// # Errors
/// When a file cannot be read.
pub fn all() -> std::io::Result<Vec<LinkFields>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/version-links");
    let mut all = Vec::new();
    for folder in std::fs::read_dir(data)? {
        let folder = folder?.path();
        for file in std::fs::read_dir(&folder)? {
            let path = file?.path();
            if path.extension() != Some("head".as_ref()) {
                continue;
            }
            let name = |path: &Path| path.file_stem().unwrap_or_default().display().to_string();
            let head = std::fs::read_to_string(&path)?;
            let values = head.lines().filter_map(|line| line.strip_prefix("Link: "));
            let values = values.map(str::to_owned).collect();
            all.push(LinkFields {
                name: format!("{}-{}", name(&folder), name(&path)),
                path,
                values,
            });
        }
    }
    all.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(all)
}
