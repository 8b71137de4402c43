//! A server of S3 for a folder, on loopback, in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use hyper::server::conn::http1::Builder;
use hyper_util::rt::TokioIo;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tokio::net::TcpListener;

use super::tasks;

/// The bucket, a folder of that name.
pub const BUCKET: &str = "archive-of-records";

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
            .env("AWS_ACCESS_KEY_ID", "bench")
            .env("AWS_SECRET_ACCESS_KEY", "bench")
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

/// Serves until it is killed; says its port first.
pub async fn serve(folder: &Path) -> Result<()> {
    let files = FileSystem::new(folder).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let service = S3ServiceBuilder::new(files).build();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?.port());
    let server = Builder::new();
    loop {
        let (socket, _) = listener.accept().await?;
        let connection = server.serve_connection(TokioIo::new(socket), service.clone());
        tokio::spawn(connection);
    }
}
