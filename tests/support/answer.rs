//! Puts an AWS error into the wire form of the protocol it answers, as the SDKs expect to read it.
//! What the error says is decided in `refusal`.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Method, Response};
use serde_json::json;

use super::refusal::AwsError;
use super::wire::Protocol;

const REQUEST_ID: &str = "00000000-0000-4000-8000-000000000000";

pub fn encode(error: &AwsError, protocol: Protocol, method: &Method) -> Response<Full<Bytes>> {
    let AwsError {
        status,
        code,
        message,
    } = error;
    let fault = if *status < 500 { "Sender" } else { "Receiver" };
    let response = Response::builder()
        .status(*status)
        .header("x-amzn-requestid", REQUEST_ID);
    let (response, body) = match protocol {
        Protocol::Json => (
            response.header("content-type", "application/x-amz-json-1.1"),
            json!({ "__type": code, "message": message })
                .to_string()
                .into_bytes(),
        ),
        Protocol::Cbor => (
            response
                .header("content-type", "application/cbor")
                .header("smithy-protocol", "rpc-v2-cbor")
                .header("x-amzn-query-error", format!("{code};{fault}")),
            cbor_error(code, message),
        ),
        Protocol::Query => (
            response.header("content-type", "text/xml"),
            query_error(fault, code, message),
        ),
        Protocol::S3 => (
            response.header("content-type", "application/xml"),
            s3_error(code, message),
        ),
    };
    // An answer to HEAD has no body, and so no code: a caller sees nothing but the status.
    let body = if method == Method::HEAD {
        Vec::new()
    } else {
        body
    };
    response
        .body(Full::from(body))
        .expect("status and headers are legal")
}

fn query_error(fault: &str, code: &str, message: &str) -> Vec<u8> {
    let message = escaped(message);
    format!(
        "<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
    )
    .into_bytes()
}

fn s3_error(code: &str, message: &str) -> Vec<u8> {
    let message = escaped(message);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Error><Code>{code}</Code><Message>{message}</Message><RequestId>{REQUEST_ID}</RequestId></Error>"
    )
    .into_bytes()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A CBOR map of two texts.
fn cbor_error(code: &str, message: &str) -> Vec<u8> {
    const MAP_OF_TWO: u8 = 0xa2;
    let mut bytes = vec![MAP_OF_TWO];
    for text in [
        "__type",
        &format!("com.amazonaws.cloudwatch#{code}"),
        "message",
        message,
    ] {
        bytes.extend(cbor_text(text));
    }
    bytes
}

fn cbor_text(text: &str) -> Vec<u8> {
    const TEXT_WITH_TWO_LENGTH_BYTES: u8 = 0x79;
    let length = u16::try_from(text.len()).expect("an error message is short");
    let mut bytes = vec![TEXT_WITH_TWO_LENGTH_BYTES];
    bytes.extend(length.to_be_bytes());
    bytes.extend(text.as_bytes());
    bytes
}
