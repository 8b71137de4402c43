//! One HTTP request over a plain socket, for the simulator's control door.
//! It is no client for AWS calls: those go through `proxy`, which needs headers and concurrency.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(30);

/// Sends `json` to the loopback port and returns the answer's body; any status but 2xx is an error.
pub fn call(port: u16, method: &str, path: &str, json: &str) -> io::Result<String> {
    call_with(
        port,
        method,
        path,
        &[("Content-Type", "application/json")],
        json,
    )
}

/// As `call`, with headers of the caller's own.
///
/// It speaks HTTP/1.0, so that the end of the stream is the end of the answer and nothing arrives in chunks.
pub fn call_with(
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    json: &str,
) -> io::Result<String> {
    let length = json.len();
    let headers: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let headers = headers.concat();
    let request = format!(
        "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n{headers}Content-Length: {length}\r\n\r\n{json}"
    );
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    match parse(&answer) {
        Some((200..=299, body)) => Ok(body.to_owned()),
        _ => Err(io::Error::other(format!(
            "{method} {path} was answered with: {answer}"
        ))),
    }
}

fn parse(answer: &str) -> Option<(u16, &str)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body))
}
