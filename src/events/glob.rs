//! Globs as people type them: one, or several between commas.

use globset::{Glob, GlobBuilder};

/// Reads one pattern.
///
/// # Errors
/// A text that says what is wrong with it.
pub(crate) fn parse_glob(text: &str) -> Result<Glob, String> {
    GlobBuilder::new(text)
        .literal_separator(false)
        .build()
        .map_err(|error| {
            format!(
                "{}; the wildcards are `*`, `?`, `[abc]` and `{{a,b}}`",
                error.kind()
            )
        })
}

/// One value of a flag that takes several.
#[derive(Debug, Clone)]
pub(crate) struct Globs(Vec<Glob>);

impl Globs {
    /// Reads patterns between commas; a comma in `{a,b}` or `[,]`, or one behind a `\`, belongs to its pattern.
    ///
    /// # Errors
    /// Those of [`parse_glob`].
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader::default();
        let parts = text.split(|letter| reader.is_literal(letter) && letter == ',');
        parts.map(parse_glob).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Glob> {
        self.0.iter()
    }
}

/// Where in a glob a character stands: outside of `[…]` and `{…}`, and not behind a `\`, it means itself.
#[derive(Default)]
pub(super) struct Reader {
    depth: usize,
    class: Option<ClassStart>,
    escaped: bool,
}

/// A `]` right after `[`, `[!` or `[^` belongs to the class.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ClassStart {
    Open,
    Negated,
    Past,
}

impl Reader {
    pub(super) fn is_literal(&mut self, character: char) -> bool {
        if let Some(class) = self.class {
            self.class = match (class, character) {
                (ClassStart::Open, '!' | '^') => Some(ClassStart::Negated),
                (ClassStart::Past, ']') => None,
                _ => Some(ClassStart::Past),
            };
            return false;
        }
        if std::mem::take(&mut self.escaped) {
            return false;
        }
        match character {
            '\\' => self.escaped = true,
            '[' => self.class = Some(ClassStart::Open),
            '{' => self.depth += 1,
            '}' => self.depth = self.depth.saturating_sub(1),
            _ => return self.depth == 0,
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_part_globs_unless_they_are_of_one() {
        for (text, globs) in [
            ("a", vec!["a"]),
            ("team/*,x", vec!["team/*", "x"]),
            ("{a,b}/x,c", vec!["{a,b}/x", "c"]),
            ("[,]x,y", vec!["[,]x", "y"]),
            (r"a\,b,c", vec![r"a\,b", "c"]),
        ] {
            let parsed = Globs::parse(text).expect("patterns");
            let texts: Vec<_> = parsed.iter().map(Glob::glob).collect();
            assert_eq!(texts, globs, "{text}");
        }
        assert!(Globs::parse("a,[").is_err());
    }
}
