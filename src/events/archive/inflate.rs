//! A file's bytes become its text, in memory that is used again and never grows beyond what CloudTrail can write.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use libdeflater::{DecompressionError, Decompressor};
use memchr::memmem;

/// The largest text that is read, in bytes. CloudTrail writes at most 50 MB (CloudTrail user guide, "CloudTrail log
/// files"); what is larger is none of its files.
pub(super) const LARGEST: usize = 64 << 20;

/// What a gzip member begins with (RFC 1952): two magic bytes, and the one method there is.
const MEMBER: [u8; 3] = [0x1f, 0x8b, 8];

pub(super) struct Inflater {
    decompressor: Decompressor,
    /// As large as the largest text. The system gives memory only to the pages that are written.
    text: Vec<u8>,
}

impl Inflater {
    pub(super) fn new() -> Self {
        Self {
            decompressor: Decompressor::new(),
            text: vec![0; LARGEST],
        }
    }

    /// The text of a file, packed by gzip or plain.
    ///
    /// # Errors
    /// A text that says why it has none.
    pub(super) fn text<'t>(&'t mut self, contents: &'t [u8]) -> Result<&'t [u8], String> {
        if !contents.starts_with(&MEMBER[..2]) {
            return Ok(contents);
        }
        let length = match self.decompressor.gzip_decompress(contents, &mut self.text) {
            Ok(length) if is_whole(contents, &self.text[..length]) => length,
            Ok(_) => self.all_members(contents)?,
            Err(DecompressionError::InsufficientSpace) => return Err(too_large()),
            Err(DecompressionError::BadData) => {
                return Err("it is corrupt or cut short: not valid gzip".to_owned());
            }
        };
        Ok(&self.text[..length])
    }

    /// Inflates a file that was put together from several.
    fn all_members(&mut self, contents: &[u8]) -> Result<usize, String> {
        let mut members = MultiGzDecoder::new(contents);
        let mut length = 0;
        loop {
            let room = &mut self.text[length..];
            if room.is_empty() {
                return Err(too_large());
            }
            match members.read(room) {
                Ok(0) => return Ok(length),
                Ok(read) => length += read,
                Err(error) => return Err(format!("it is corrupt or cut short: {error}")),
            }
        }
    }
}

/// Whether the first member, which is all that libdeflate reads, is also the last: the file ends with the text's length
/// and, where another member may begin somewhere, with its checksum.
fn is_whole(contents: &[u8], text: &[u8]) -> bool {
    let Some((rest, length)) = contents.split_last_chunk::<4>() else {
        return false;
    };
    let checksum = rest
        .last_chunk::<4>()
        .map(|bytes| u32::from_le_bytes(*bytes));
    let may_go_on = || memmem::find(&contents[1..], &MEMBER).is_some();
    u32::try_from(text.len()) == Ok(u32::from_le_bytes(*length))
        && (!may_go_on() || checksum == Some(libdeflater::crc32(text)))
}

pub(super) fn too_large() -> String {
    format!(
        "it is larger than {} MiB, more than CloudTrail writes",
        LARGEST >> 20
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).expect("pack");
        encoder.finish().expect("pack")
    }

    #[test]
    fn several_members_are_one_text_also_when_they_are_of_one_length() {
        for (one, other) in [("abc", "defgh"), ("abc", "def"), ("", "abc")] {
            let contents = [packed(one.as_bytes()), packed(other.as_bytes())].concat();
            let text = Inflater::new().text(&contents).map(<[u8]>::to_vec);
            assert_eq!(text, Ok(format!("{one}{other}").into_bytes()));
        }
    }

    #[test]
    fn a_plain_file_is_its_own_text() {
        assert_eq!(Inflater::new().text(b"{}"), Ok(b"{}".as_slice()));
        assert_eq!(Inflater::new().text(b""), Ok(b"".as_slice()));
    }

    #[test]
    fn every_cut_of_a_file_is_noticed() {
        let contents = packed(b"{\"Records\":[]}");
        let mut inflater = Inflater::new();
        for length in 2..contents.len() {
            assert!(inflater.text(&contents[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn a_bomb_is_refused() {
        let contents = packed(&vec![b' '; LARGEST + 1]);
        assert_eq!(Inflater::new().text(&contents), Err(too_large()));
        let members = [contents, packed(b"{}")].concat();
        assert_eq!(Inflater::new().text(&members), Err(too_large()));
    }
}
