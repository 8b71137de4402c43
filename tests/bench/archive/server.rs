//! A server of S3 for a folder, on loopback, in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use hyper::server::conn::http1::Builder;
use hyper_util::rt::TokioIo;
use s3s::S3Result;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tokio::net::TcpListener;

use super::tasks;

/// The bucket, a folder of that name.
pub const BUCKET: &str = "archive-of-records";

/// The access key, and its secret.
const KEY: &str = "bench";

pub struct Server {
    process: Child,
    /// What it serves.
    pub folder: PathBuf,
    pub port: u16,
}

impl Server {
    pub fn start(folder: &Path) -> Result<Self> {
        let mut process = tasks::child("serve", folder)?
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let output = process.stdout.take().context("take the server's output")?;
        BufReader::new(output).read_line(&mut line)?;
        let port = line.trim().parse().context("read the server's port")?;
        Ok(Self {
            process,
            folder: folder.to_owned(),
            port,
        })
    }

    /// The variables of a command that uses it.
    pub fn prepare(&self, command: &mut Command) {
        command
            .env(
                "AWS_ENDPOINT_URL",
                format!("http://127.0.0.1:{}", self.port),
            )
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", KEY)
            .env("AWS_REGION", "eu-central-1");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Lets everybody in: the plain fetching that ecrmon is held against signs nothing.
struct Everybody;

type Checked<'c> = Pin<Box<dyn Future<Output = S3Result<()>> + Send + 'c>>;

impl S3Access for Everybody {
    fn check<'s, 'm, 'c, 'f>(&'s self, _: &'m mut S3AccessContext<'c>) -> Checked<'f>
    where
        's: 'f,
        'm: 'f,
        'c: 'f,
    {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Serves until it is killed; says its port first.
pub async fn serve(folder: &Path) -> Result<()> {
    let files = FileSystem::new(folder).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let mut service = S3ServiceBuilder::new(files);
    service.set_auth(SimpleAuth::from_single(KEY, KEY));
    service.set_access(Everybody);
    let service = service.build();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?.port());
    let server = Builder::new();
    loop {
        let (socket, _) = listener.accept().await?;
        let connection = server.serve_connection(TokioIo::new(socket), service.clone());
        tokio::spawn(connection);
    }
}
