//! What browsers may do with a media resource.

use http::header::CONTENT_DISPOSITION;
use http::{HeaderMap, HeaderName, HeaderValue};

const SHARING: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Who may read a media resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    Owner,
    Everyone,
}

/// Whether browsers show media of this type, and run nothing: pictures, sounds, films and plain text. Of any
/// other type, such as HTML, XML, SVG, PDF and scripts, they cannot be trusted to do so.
fn is_inert(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (kind, subtype) = essence.split_once('/').unwrap_or_default();
    let is_shown = ["image", "audio", "video"].contains(&kind) || essence == "text/plain";
    is_shown && !subtype.ends_with("xml") && !subtype.contains("svg")
}

/// The fields that say so. What is not inert is saved, and not shown. What everyone may read and is inert, pages
/// of other sites may show too.
pub(super) fn protect(headers: &mut HeaderMap, media_type: &str, readers: Readers) {
    let is_inert = is_inert(media_type);
    if !is_inert {
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    if is_inert && readers == Readers::Everyone {
        headers.insert(SHARING, HeaderValue::from_static("cross-origin"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_may_run_is_saved_and_not_shown() {
        for media_type in [
            "text/html",
            "Text/HTML;charset=utf-8",
            "application/xhtml+xml",
            "image/svg+xml",
            "IMAGE/SVG",
            "application/xml",
            "text/xml",
            "video/x+xml",
            "text/javascript",
            "application/javascript",
            "text/css",
            "application/pdf",
            "application/wasm",
            "",
            "image",
        ] {
            assert!(!is_inert(media_type), "{media_type}");
        }
        for media_type in ["image/png", "Image/JPEG ; q=1", "audio/ogg", "video/mp4", "text/plain"]
        {
            assert!(is_inert(media_type), "{media_type}");
        }
    }
}
