//! The records of a file that a query wants, as events.
//!
//! Nine of ten records are other services', so records are told apart by `split` and read only if they hold the name
//! of the service. A file that `split` does not know the shape of is read whole, by a JSON reader.

use memchr::memmem::Finder;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::scan::Mark;
use super::split::{OtherShape, Piece, split};
use crate::events::{Event, Query};

/// What a file held.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Records {
    pub events: Vec<Event>,
    /// Records that are no JSON object; one that does not name the service is not read, and so not counted.
    pub unreadable: u64,
}

/// Reads the records of files.
pub(super) struct RecordReader {
    query: Query,
    /// Finds the service's name, and what it is noticed by.
    service: Finder<'static>,
    mark: Mark,
    /// Find the names of the calls that can match, where they can be listed.
    calls: Option<Vec<Finder<'static>>>,
}

/// A file as the JSON reader sees it.
#[derive(Deserialize)]
struct File<'t> {
    #[serde(borrow, rename = "Records")]
    records: Vec<&'t RawValue>,
}

impl RecordReader {
    pub(super) fn new(query: &Query) -> Self {
        let calls = query.filter.event_names();
        Self {
            query: query.clone(),
            service: finder(query.registry.event_source()),
            mark: Mark::of(query.registry.event_source()),
            calls: calls.map(|names| names.into_iter().map(finder).collect()),
        }
    }

    /// # Errors
    /// A text that says why the file cannot be one of CloudTrail's.
    pub(super) fn read(&self, text: &[u8]) -> Result<Records, String> {
        let records = self.read_pieces(text);
        records
            .or_else(|OtherShape| self.read_whole(text))
            .map_err(|error| {
                if error.is_data() {
                    "it holds no CloudTrail records".to_owned()
                } else {
                    format!("it is not valid JSON: {error}")
                }
            })
    }

    /// Whether a record holds the words that one that is wanted must hold, wherever they stand in it.
    fn may_match(&self, piece: &Piece<'_>) -> bool {
        let holds = |word: &Finder<'_>| word.find(piece.text).is_some();
        let is_of_calls = || {
            self.calls
                .as_ref()
                .is_none_or(|calls| calls.iter().any(holds))
        };
        piece.may_hide_words || piece.is_marked && holds(&self.service) && is_of_calls()
    }

    fn read_pieces(&self, text: &[u8]) -> Result<Records, OtherShape> {
        let mut records = Records::default();
        split(text, self.mark, |piece| {
            if self.may_match(&piece) {
                self.take(piece.text, &mut records);
            }
        })?;
        Ok(records)
    }

    fn read_whole(&self, text: &[u8]) -> Result<Records, serde_json::Error> {
        let file: File<'_> = serde_json::from_slice(text)?;
        let mut records = Records::default();
        for record in file.records {
            self.take(record.get().as_bytes(), &mut records);
        }
        Ok(records)
    }

    fn take(&self, record: &[u8], records: &mut Records) {
        let text = str::from_utf8(record)
            .ok()
            .filter(|text| text.starts_with('{'));
        match text.map(|text| (text, Event::from_record(text))) {
            Some((text, Ok(mut event))) => {
                if self.query.wants(&event) {
                    event.record = self.query.keep_records.then(|| text.into());
                    records.events.push(event);
                }
            }
            _ => records.unreadable += 1,
        }
    }
}

/// Finds a word that is a JSON string of its own.
fn finder(word: &str) -> Finder<'static> {
    Finder::new(&format!("\"{word}\"")).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::events::{Filter, Order, Recorded, Registry};

    fn reader() -> RecordReader {
        RecordReader::new(&Query {
            window: Recorded::ALWAYS.window(),
            filter: Filter::default(),
            order: Order::NewestFirst,
            registry: Registry::Private,
            keep_records: true,
        })
    }

    /// Strings that look like the seams of a file, and others.
    fn string() -> impl Strategy<Value = String> {
        let seams = prop::sample::select(vec![
            "ecr.amazonaws.com",
            "\"ecr.amazonaws.com\"",
            "eventSource",
            "eventVersion",
            "eventID",
            "Records",
            "},{\"eventVersion\":\"1.11\",",
            "{\"Records\":[{",
            "\\",
            "\\\\\"",
            "]}",
            "\u{e9}",
        ]);
        prop_oneof![4 => seams.prop_map(str::to_owned), 1 => "[ -~\\n]{0,90}"]
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            string().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                object(inner).prop_map(Value::from),
            ]
        })
    }

    fn object(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
        prop::collection::vec((string(), value), 0..5)
            .prop_map(|fields| fields.into_iter().collect())
    }

    /// A record; one of two is ECR's.
    fn record() -> impl Strategy<Value = Value> {
        (object(value()), object(value()), any::<bool>()).prop_map(|(mut first, last, is_ecr)| {
            if is_ecr {
                first.insert("eventSource".to_owned(), "ecr.amazonaws.com".into());
            }
            first.extend(last);
            first.into()
        })
    }

    /// The ways in which a file may be written.
    fn spell(file: &Value, way: u8) -> String {
        match way {
            0 => file.to_string(),
            1 => serde_json::to_string_pretty(file).expect("a value has a text"),
            _ => file.to_string().replace("amazon", "\\u0061mazon"),
        }
    }

    proptest! {
        #[test]
        fn a_file_is_read_by_its_pieces_as_it_is_read_whole(
            records in prop::collection::vec(record(), 0..12), way in 0..3_u8,
        ) {
            let text = spell(&json!({"Records": records}), way);
            let whole = reader().read_whole(text.as_bytes()).expect("the text is valid");
            prop_assert_eq!(reader().read_pieces(text.as_bytes()), Ok(whole));
        }

        #[test]
        fn a_file_of_another_shape_is_read_as_it_is_read_whole(
            before in object(value()), records in prop::collection::vec(prop_oneof![record(), value()], 0..6),
            after in object(value()), way in 0..3_u8,
        ) {
            let mut file = before;
            file.insert("Records".to_owned(), records.into());
            file.extend(after);
            let text = spell(&file.into(), way);
            let events = |records: Records| records.events;
            let whole = reader().read_whole(text.as_bytes()).ok().map(events);
            prop_assert_eq!(reader().read(text.as_bytes()).ok().map(events), whole);
        }

        #[test]
        fn an_event_is_found_wherever_it_stands(before in "[ -~]{0,700}", after in "[ -~]{0,700}") {
            let other = json!({"eventSource": "sts.amazonaws.com", "userAgent": before});
            let wanted = json!({"userAgent": after, "eventSource": "ecr.amazonaws.com"});
            let text = json!({"Records": [other, wanted, other]}).to_string();
            let whole = reader().read_whole(text.as_bytes()).expect("the text is valid");
            prop_assert_eq!(whole.events.len(), 1);
            prop_assert_eq!(reader().read_pieces(text.as_bytes()), Ok(whole));
        }

        #[test]
        fn no_text_panics(text in "[{}\\[\\]\",:\\\\a\\x00-\\xff]{0,300}") {
            let _ = reader().read(text.as_bytes());
            let _ = reader().read(format!("{{\"Records\":[{text}").as_bytes());
        }
    }

    #[test]
    fn calls_are_found_by_their_names_however_these_are_spelt() {
        let record = |name: &str| json!({"eventSource": "ecr.amazonaws.com", "eventName": name});
        let records = ["PutImage", "BatchGetImage", "PutImageTagMutability"].map(record);
        let text = json!({"Records": records}).to_string();
        let mut query = reader().query;
        query.filter.actions.insert(crate::events::Action::Push);
        let reader = RecordReader::new(&query);
        for text in [text.clone(), text.replace("PutImage\"", "\\u0050utImage\"")] {
            let names = reader.read_pieces(text.as_bytes()).map(|records| {
                let name = |event: Event| event.event_name().map(str::to_owned);
                records
                    .events
                    .into_iter()
                    .filter_map(name)
                    .collect::<Vec<_>>()
            });
            assert_eq!(names, Ok(vec!["PutImage".to_owned()]));
        }
    }

    #[test]
    fn a_record_within_a_record_is_no_record() {
        let forged = json!({"eventVersion": "1.11", "eventSource": "ecr.amazonaws.com", "eventName": "DeleteRepository"});
        let holder = json!({
            "eventVersion": "1.11", "eventSource": "example.amazonaws.com",
            "requestParameters": {"items": [{"a": "b"}, forged, forged]},
        });
        let text = json!({"Records": [holder, holder]}).to_string();
        assert_eq!(reader().read(text.as_bytes()), Ok(Records::default()));
    }

    #[test]
    fn only_what_is_in_the_list_of_records_is_a_record() {
        let record = r#"{"eventVersion":"1.11","eventSource":"ecr.amazonaws.com"}"#;
        for (before, after, expected) in [
            ("{\"Records\":[", ",7,\"ecr.amazonaws.com\"]}", Some((1, 2))),
            ("{\"Records\":[", "],\"Others\":[@,@]}", Some((1, 0))),
            ("{\"Others\":[@,@],\"Records\":[", "]}", Some((1, 0))),
            ("{\"Records\":[[@,@],", "]}", Some((1, 1))),
            ("{\"Records\":[{\"Records\":[@,@]},", "]}", Some((1, 0))),
            ("{\"Records\":[@],\"Records\":[", "]}", None),
            ("{\"Records\":[@]}{\"Records\":[", "]}", None),
        ] {
            let text = format!("{before}@{after}").replace('@', record);
            let read = reader().read(text.as_bytes()).ok();
            let counts = read.map(|records| (records.events.len(), records.unreadable));
            assert_eq!(counts, expected, "{text}");
        }
    }

    #[test]
    fn one_broken_record_takes_no_other_with_it() {
        let text = br#"{"Records":[{"eventSource":"ecr.amazonaws.com",},{"eventSource":"ecr.amazonaws.com"}]}"#;
        let records = reader().read(text).expect("the file has its shape");
        assert_eq!((records.events.len(), records.unreadable), (1, 1));
    }

    #[test]
    fn what_is_no_file_of_records_says_so() {
        for (text, why) in [
            ("", "not valid JSON"),
            (
                "{\"Records\":[{\"eventSource\":\"ecr.amazonaws.com\"}",
                "not valid JSON",
            ),
            ("{\"Events\":[]}", "no CloudTrail records"),
            ("[]", "no CloudTrail records"),
            ("7", "no CloudTrail records"),
        ] {
            let error = reader().read(text.as_bytes()).expect_err(text);
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
