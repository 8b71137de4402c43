//! The simulator process that the tests of one run share; each `World` in it is an AWS account of its own.
//! What the simulator can do stands in `tests/simulator/`.

use std::process::{self, Stdio};
use std::sync::OnceLock;

use super::python::workshop;
use super::server::{Server, launch};

pub struct Simulator {
    server: Server,
}

impl Simulator {
    /// A simulator of the caller's own, for what a shared one cannot show.
    pub fn start() -> Self {
        let log =
            workshop().map(|directory| directory.join(format!("server-{}.log", process::id())));
        // The pipe is never written to: it closes when this process ends, however it ends, and the server with it.
        let server = log.and_then(|log| {
            launch(&log, |command| {
                command
                    .arg("--exit-when-stdin-closes")
                    .stdin(Stdio::piped());
            })
        });
        Self {
            server: server.unwrap_or_else(|error| panic!("{error:?}")),
        }
    }

    /// The one of this process, started by the first test that needs it.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Simulator> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    pub fn port(&self) -> u16 {
        self.server.port
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // Nothing is lost when it has ended already.
        let _ = self.server.process.kill();
        let _ = self.server.process.wait();
    }
}
