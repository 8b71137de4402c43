//! A world: one AWS account in the shared simulator, with its own proxy, home directory and client.
//! A test reads as a world, an act, a transcript.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::calls::Call;
use super::client::Client;
use super::command::Invocation;
use super::exchange::Exchange;
use super::fault::Fault;
use super::http;
use super::proxy::{Proxy, runtime};
use super::refusal::Place;
use super::simulator::Simulator;
use super::terminal::Terminal;
use super::transcript::{Particulars, Transcript};

/// AWS's own documentation uses these keys; no service accepts them.
pub const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

pub struct World {
    place: Place,
    control: Control,
    client: Client,
    proxy: Proxy,
    home: TempDir,
    runtime: Runtime,
}

impl World {
    pub fn new() -> Self {
        Self::in_region("eu-west-1")
    }

    pub fn in_region(region: &str) -> Self {
        let place = Place {
            account: unused_account(),
            region: region.to_owned(),
        };
        let port = Simulator::shared().port();
        let client = Client::default();
        Self {
            control: Control {
                port,
                account: place.account.clone(),
            },
            proxy: Proxy::start(Exchange::new(port, place.clone(), client.clone())),
            home: tempfile::tempdir().expect("make a home directory"),
            runtime: runtime(),
            place,
            client,
        }
    }

    pub fn account(&self) -> &str {
        &self.place.account
    }

    pub fn region(&self) -> &str {
        &self.place.region
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs `ecrmon` with these arguments to its end.
    pub fn ecrmon(&self, arguments: impl IntoIterator<Item = impl AsRef<str>>) -> Transcript {
        self.command().args(arguments).run()
    }

    /// Runs `ecrmon` at a terminal of 80 columns.
    pub fn terminal(&self, arguments: impl IntoIterator<Item = impl AsRef<str>>) -> Terminal<'_> {
        self.command().args(arguments).terminal()
    }

    /// A run of `ecrmon` that is yet to be given arguments and an environment.
    pub fn command(&self) -> Invocation<'_> {
        let path = std::env::var("PATH").unwrap_or_default();
        let home = self.home().display().to_string();
        let endpoint = self.proxy.front_door_url();
        let environment = [
            ("PATH", path.as_str()),
            ("HOME", &home),
            ("TZ", "UTC"),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
            ("AWS_REGION", self.region()),
            ("AWS_ENDPOINT_URL", &endpoint),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ];
        let owned = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Invocation::new(self, BTreeMap::from(owned))
    }

    /// Every call so far, in the order of their start.
    pub fn calls(&self) -> Vec<Call> {
        let mut calls = self.proxy.exchange.calls().clone();
        calls.sort_by_key(|call| call.started);
        calls
    }

    pub fn mutating_calls(&self) -> Vec<Call> {
        self.calls()
            .into_iter()
            .filter(|call| call.mutating)
            .collect()
    }

    pub fn forget_calls(&self) {
        self.proxy.exchange.calls().clear();
    }

    pub fn inject(&self, fault: Fault) {
        self.proxy.exchange.faults().inject(fault);
    }

    /// Kills the client (SIGKILL) when AWS has made so many changes for it, before it hears of the last.
    pub fn kill_client_after(&self, changes: usize) {
        self.proxy.exchange.faults().kill_client_after(changes);
    }

    /// Every fault that was to happen so many times did.
    #[track_caller]
    pub fn met_every_fault(&self) {
        assert_eq!(self.proxy.exchange.faults().unmet(), Vec::<&str>::new());
    }

    pub fn clear_faults(&self) {
        *self.proxy.exchange.faults() = super::fault::Faults::default();
    }

    /// All that exists in the account.
    pub fn state(&self) -> Value {
        self.control.state()
    }

    /// Makes a KMS key that `CloudTrail` may use, and answers its ARN.
    pub fn add_key(&self) -> String {
        self.control.add_key(&self.place.region)
    }

    /// Makes the account as empty as it was, the record of calls included.
    pub fn start_over(&self) {
        self.control.must_post("forget", &json!({}));
        self.forget_calls();
    }

    /// Sets fields of what `GetTrailStatus` answers; null takes one back.
    pub fn set_trail_status(&self, region: &str, trail: &str, fields: &Value) {
        self.control.set_trail_status(region, trail, fields);
    }

    /// Puts a trail before the account's eyes that nobody here made; see `Control::add_trail`.
    pub fn add_trail(&self, trail: &Value) {
        self.control.add_trail(trail);
    }

    /// Asks something of the simulator for this account; which endpoints there are stands in its README.
    pub fn arrange(&self, endpoint: &str, request: &Value) -> Value {
        let answer = self.control.must_post(endpoint, request);
        serde_json::from_str(&answer).expect("the simulator answers with JSON")
    }

    /// How many calls of each operation the simulator has throttled.
    pub fn throttled(&self) -> Value {
        self.control.read("throttled")
    }

    /// Where calls are neither recorded nor met by faults, for the test's own SDK clients.
    pub fn backdoor_url(&self) -> String {
        self.proxy.backdoor_url()
    }

    pub fn endpoint_url(&self) -> String {
        self.proxy.front_door_url()
    }

    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Waits until no call is under way.
    pub fn settle(&self) {
        self.proxy.settle();
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What a snapshot must not hold, and what it shows instead.
    pub fn particulars(&self) -> Particulars {
        let shown = |found: &str, shown: &str| (found.to_owned(), shown.to_owned());
        vec![
            shown(self.account(), "123456789012"),
            shown(&self.endpoint_url(), "http://127.0.0.1:PORT"),
            shown(&self.home().display().to_string(), "HOME"),
        ]
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // A long run makes thousands of accounts. That the simulator has ended first is no harm.
        let _ = self.control.post("forget", &json!({}));
    }
}

/// The simulator's control door, for one account.
#[derive(Clone)]
pub struct Control {
    port: u16,
    account: String,
}

impl Control {
    pub fn state(&self) -> Value {
        self.read("state")
    }

    fn read(&self, endpoint: &str) -> Value {
        let path = format!("/simulator/{endpoint}?account={}", self.account);
        let answer = http::call(self.port, "GET", &path, "")
            .unwrap_or_else(|error| panic!("read the {endpoint}: {error}"));
        serde_json::from_str(&answer).expect("the simulator answers with JSON")
    }

    pub fn set_trail_status(&self, region: &str, trail: &str, fields: &Value) {
        self.must_post(
            "trail-status",
            &json!({ "region": region, "trail": trail, "fields": fields }),
        );
    }

    /// `{"trail": {"TrailARN": …, …}, "selectors": {…}, "status": {…}, "tags": {…}}`, all but the first optional.
    pub fn add_trail(&self, trail: &Value) {
        self.must_post("trails", trail);
    }

    /// KMS has no client here: what a test needs of it is this one call.
    pub fn add_key(&self, region: &str) -> String {
        let statement = json!({
            "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "kms:*", "Resource": "*",
        });
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
        let signature =
            format!("AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20260101/{region}/kms/aws4_request");
        let headers = [
            ("Content-Type", "application/x-amz-json-1.1"),
            ("X-Amz-Target", "TrentService.CreateKey"),
            ("X-Moto-Account-Id", &self.account),
            ("Authorization", &signature),
        ];
        let request = json!({"Policy": policy.to_string()}).to_string();
        let answer = http::call_with(self.port, "POST", "/", &headers, &request);
        let answer = answer.unwrap_or_else(|error| panic!("make a key: {error}"));
        let key: Value = serde_json::from_str(&answer).expect("the key is JSON");
        key["KeyMetadata"]["Arn"]
            .as_str()
            .expect("a key has an ARN")
            .to_owned()
    }

    fn must_post(&self, endpoint: &str, request: &Value) -> String {
        self.post(endpoint, request)
            .unwrap_or_else(|error| panic!("ask the simulator: {error}"))
    }

    fn post(&self, endpoint: &str, request: &Value) -> std::io::Result<String> {
        let mut request = request.clone();
        request["account"] = json!(self.account);
        http::call(
            self.port,
            "POST",
            &format!("/simulator/{endpoint}"),
            &request.to_string(),
        )
    }
}

/// Twelve digits that no other test has: there are 900 billion, chosen by the system's own randomness.
fn unused_account() -> String {
    let random = RandomState::new().hash_one((std::process::id(), std::time::SystemTime::now()));
    format!("{}", 100_000_000_000 + random % 900_000_000_000)
}
