//! The simulator's Python: a virtual environment under the target directory, made on first use.
//! Which packages it holds is said by `tests/simulator/requirements.txt` alone.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Where `server.py` and its requirements stand.
pub const SIMULATOR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/simulator");

/// The Python interpreter that can run the simulator.
///
/// The first use in a target directory installs the requirements, which takes about a minute. Other processes that
/// come meanwhile wait for it at the lock.
pub fn python_environment() -> Result<PathBuf> {
    let requirements = Path::new(SIMULATOR).join("requirements.txt");
    let wanted =
        fs::read(&requirements).with_context(|| format!("read `{}`", requirements.display()))?;
    let mut hasher = DefaultHasher::new();
    hasher.write(&wanted);
    let directory = workshop()?;
    let environment = directory.join(format!("venv-{:016x}", hasher.finish()));
    let python = environment.join("bin/python");

    let lock = File::create(directory.join("venv.lock"))
        .context("create the lock of the virtual environment")?;
    lock.lock().context("lock the virtual environment")?;
    let complete = environment.join("complete");
    // An interpreter that was upgraded away leaves a dangling link, which does not "exist".
    if !(complete.exists() && python.exists()) {
        build(&environment, &python, &requirements)?;
        File::create(&complete).context("mark the virtual environment as complete")?;
    }
    Ok(python)
}

/// `target/simulator`, where everything lies that the simulator leaves behind.
pub fn workshop() -> Result<PathBuf> {
    let program = std::env::current_exe().context("find the running program")?;
    // Cargo marks the target directory with this tag; one that somebody else made has none, and then the layout
    // `target/<profile>/<deps or examples>/<program>` tells.
    let target = program
        .ancestors()
        .find(|directory| directory.join("CACHEDIR.TAG").exists())
        .or_else(|| program.ancestors().nth(3))
        .with_context(|| format!("find the target directory above `{}`", program.display()))?;
    let directory = target.join("simulator");
    fs::create_dir_all(&directory).with_context(|| format!("create `{}`", directory.display()))?;
    Ok(directory)
}

fn build(environment: &Path, python: &Path, requirements: &Path) -> Result<()> {
    let place = environment.display();
    // Straight to stderr: a test harness that captures output would hide why the first test takes a minute.
    writeln!(
        io::stderr(),
        "preparing the simulator in {place} (once, about a minute)"
    )?;
    if environment.exists() {
        fs::remove_dir_all(environment)
            .with_context(|| format!("remove the unfinished `{place}`"))?;
    }
    must_run(Command::new("python3").args(["-m", "venv"]).arg(environment)).with_context(|| {
        format!("make the virtual environment `{place}`\nhint: install python3 and python3-venv (Python 3.11 or newer)")
    })?;
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
    ];
    must_run(Command::new(python).args(pip).arg(requirements)).with_context(|| {
        format!(
            "install `{}`\nhint: pip needs a package index; set PIP_INDEX_URL for a mirror",
            requirements.display()
        )
    })
}

fn must_run(command: &mut Command) -> Result<()> {
    let output = command
        .output()
        .with_context(|| format!("run {command:?}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    bail!(
        "{command:?} ended with {}:\n{}",
        output.status,
        String::from_utf8_lossy(&said).trim_end()
    )
}
