//! Where an archive is, as people name it: `s3://bucket/prefix`, a folder, or a single file.

use std::path::PathBuf;

use crate::names;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// `prefix` is as it was typed, without slashes at its ends; it may lead into the layout, or to one object.
    Bucket { name: String, prefix: String },
    /// A folder in or above the layout, or a file.
    Local(PathBuf),
}

const SCHEME: &str = "s3://";

impl Place {
    pub(crate) fn is_remote(&self) -> bool {
        matches!(self, Self::Bucket { .. })
    }

    /// # Errors
    /// A text that says what is wrong with the place.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let Some(path) = text.strip_prefix(SCHEME) else {
            return match text {
                "" => Err("it is empty; name a folder, a file or `s3://BUCKET/PREFIX`".to_owned()),
                _ if text.contains("://") => {
                    Err("of addresses only `s3://BUCKET/PREFIX` can be read".to_owned())
                }
                _ => Ok(Self::Local(PathBuf::from(text))),
            };
        };
        let (name, prefix) = path.split_once('/').unwrap_or((path, ""));
        Ok(Self::Bucket {
            name: names::bucket(name)?,
            prefix: prefix.trim_matches('/').to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(prefix: &str) -> Result<Place, String> {
        let name = "trail-bucket".to_owned();
        Ok(Place::Bucket {
            name,
            prefix: prefix.to_owned(),
        })
    }

    #[test]
    fn a_place_is_a_bucket_a_folder_or_a_file() {
        assert_eq!(Place::parse("s3://trail-bucket"), bucket(""));
        assert_eq!(Place::parse("s3://trail-bucket/"), bucket(""));
        assert_eq!(
            Place::parse("s3://trail-bucket/a/AWSLogs/"),
            bucket("a/AWSLogs")
        );
        assert_eq!(
            Place::parse("./AWSLogs"),
            Ok(Place::Local("./AWSLogs".into()))
        );
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in ["", "s3://", "s3://No_Bucket/a", "https://example.com/a"] {
            assert!(Place::parse(text).is_err(), "{text}");
        }
    }
}
