//! The embedded vendors of a workspace: started inside a command, or found where `grantline emulate` runs them.

use super::output::Output;
use crate::domain::VendorName;
use crate::net::{Endpoint, Secret, private_folder};
use crate::vendors::{self, Assignments, Emulator, EmulatorOptions, Seed, StartError};
use crate::workspace::Vendor;
use anyhow::{Context as _, bail};
use reqwest::Url;
use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where the state of embedded vendors lives, under the workspace's root.
pub(crate) const FOLDER: &str = ".grantline/emulators";

/// The embedded vendors that a command talks to.
#[derive(Default)]
pub(crate) struct Emulators {
    running: BTreeMap<VendorName, Running>,
    /// Those whose state was copied from a seed that has changed since.
    outgrown: Vec<VendorName>,
}

struct Running {
    url: String,
    token: String,
    /// The server; none where another process has it.
    own: Option<Own>,
    /// Whether its state was copied from a seed that has changed since.
    outgrown: bool,
}

impl Running {
    fn base(&self) -> Result<Url, String> {
        self.url.parse().map_err(|error| format!("the address {} is no URL: {error}", self.url))
    }
}

/// A server of this process, and the file that tells others of it.
struct Own {
    server: Emulator,
    address: PathBuf,
}

impl Drop for Own {
    fn drop(&mut self) {
        // A file that stays behind is written over by the next start.
        let _ = fs::remove_file(&self.address);
    }
}

impl Emulators {
    /// Starts the embedded vendor of each vendor with `url: emulator`, or finds the one that runs already. One that names
    /// a group of another in `provisioned_by` is kept by that, as a real one would be, where both run in this process.
    ///
    /// # Errors
    /// When its state or seed cannot be read, or no port can be had.
    pub(crate) fn start(root: &Path, chosen: &[&Vendor]) -> anyhow::Result<Self> {
        let mut emulators = Self::default();
        for vendor in providers_first(chosen) {
            let Some(seed) = vendor.embedded() else { continue };
            let provider = emulators.assignments(vendor, chosen);
            let running = seed
                .map(|seed| inside(root, seed))
                .transpose()
                .and_then(|seed| start_one(root, vendor, seed, provider))
                .with_context(|| format!("the embedded vendor {} cannot start", vendor.name))?;
            emulators.outgrown.extend(running.outgrown.then(|| vendor.name.clone()));
            emulators.running.insert(vendor.name.clone(), running);
        }
        Ok(emulators)
    }

    /// Whom the vendor's provider assigns to it, where that is embedded, too.
    fn assignments(&self, vendor: &Vendor, chosen: &[&Vendor]) -> Option<Assignments> {
        let source = &vendor.provisioned_by.as_ref()?.value;
        let provider = chosen.iter().find(|one| one.name == source.vendor)?;
        let group = provider.resources.get(&source.resource)?;
        let server = &self.running.get(&source.vendor)?.own.as_ref()?.server;
        Some(server.assignments(group.id.as_ref().or(group.display.as_ref())?))
    }

    /// Where the vendor's embedded server is reached.
    ///
    /// # Errors
    /// When it was not started, as a sentence.
    pub(crate) fn endpoint(&self, vendor: &VendorName) -> Result<Endpoint, String> {
        let running = self.running(vendor)?;
        Ok(Endpoint::with_token(running.base()?, Secret::new(running.token.clone())))
    }

    /// Where the pages of the vendor's embedded server are, without a slash at the end.
    ///
    /// # Errors
    /// When it was not started, as a sentence.
    pub(crate) fn origin(&self, vendor: &VendorName) -> Result<String, String> {
        Ok(self.running(vendor)?.base()?.origin().ascii_serialization())
    }

    /// Says whose seed has changed with no effect.
    pub(crate) fn tell(&self, output: &Output) {
        for name in &self.outgrown {
            output.talk(&format!(
                "The embedded vendor {name} began with another seed than `emulator:` names now, and keeps its state: delete \
                 {FOLDER}/{name}.json to start from the new one."
            ));
        }
    }

    fn running(&self, vendor: &VendorName) -> Result<&Running, String> {
        self.running.get(vendor).ok_or_else(|| format!("the embedded vendor {vendor} is not running"))
    }

    /// Each one's name, address, and whether this process runs it.
    pub(crate) fn list(&self) -> impl Iterator<Item = (&VendorName, &str, bool)> {
        self.running.iter().map(|(name, running)| (name, running.url.as_str(), running.own.is_some()))
    }
}

/// The vendors, each behind the one that it is provisioned by.
fn providers_first<'v>(chosen: &[&'v Vendor]) -> Vec<&'v Vendor> {
    let mut rest: Vec<&Vendor> = chosen.to_vec();
    let mut ordered = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let waits = |vendor: &&Vendor| {
            let source = vendor.provisioned_by.as_ref().map(|source| &source.value.vendor);
            rest.iter().any(|other| Some(&other.name) == source)
        };
        let (waiting, ready): (Vec<_>, Vec<_>) = rest.iter().copied().partition(waits);
        // A circle is refused when the files are read.
        ordered.extend(if ready.is_empty() { waiting.clone() } else { ready.clone() });
        rest = if ready.is_empty() { Vec::new() } else { waiting };
    }
    ordered
}

/// The file of that path, which no link leads out of the workspace.
fn inside(root: &Path, path: &str) -> anyhow::Result<PathBuf> {
    let file = root.join(path);
    let real = file.canonicalize().with_context(|| format!("{path} cannot be read"))?;
    if !real.starts_with(root.canonicalize()?) {
        bail!("{path} is a symbolic link that leads out of the workspace");
    }
    Ok(real)
}

fn start_one(
    root: &Path,
    vendor: &Vendor,
    seed: Option<PathBuf>,
    provider: Option<Assignments>,
) -> anyhow::Result<Running> {
    let folder = root.join(FOLDER);
    private_folder(&folder).with_context(|| format!("{} cannot be used", folder.display()))?;
    let address = folder.join(format!("{}.address", vendor.name));
    let token = random_token();
    let mut options =
        EmulatorOptions::new(folder.join(format!("{}.json", vendor.name)), Secret::new(token.clone()));
    options.tenant = vendor.name.to_string();
    options.without_api = !vendors::has_api(vendor);
    let outgrown = outgrown(&folder, &vendor.name, seed.as_deref())
        .with_context(|| format!("{} cannot be used", folder.display()))?;
    options.seed = seed.map(Seed::File);
    options.provider = provider;
    options.rules = vendors::emulator_rules(&vendor.connector.value)
        .with_context(|| format!("the connector {} has no embedded vendor", vendor.connector.value))?;
    match Emulator::start(options) {
        Ok(server) => {
            let url = server.base_url();
            write_private(&address, &format!("{url}\n{token}\n"))
                .with_context(|| format!("{} cannot be written", address.display()))?;
            Ok(Running { url, token, own: Some(Own { server, address }), outgrown })
        }
        Err(StartError::InUse { .. }) => found(&address),
        Err(error) => Err(error.into()),
    }
}

/// Whether the vendor's state was copied from another seed than the one that it would start from now. A copy of the seed is
/// kept beside the state, to tell.
fn outgrown(folder: &Path, name: &VendorName, seed: Option<&Path>) -> std::io::Result<bool> {
    let now = seed.map(fs::read_to_string).transpose()?.unwrap_or_default();
    let copy = folder.join(format!("{name}.seed"));
    if folder.join(format!("{name}.json")).exists() {
        return Ok(fs::read_to_string(copy).is_ok_and(|then| then != now));
    }
    write_private(&copy, &now)?;
    Ok(false)
}

/// The server that another process runs, from what it wrote down.
fn found(address: &Path) -> anyhow::Result<Running> {
    let text = fs::read_to_string(address).unwrap_or_default();
    match text.lines().collect::<Vec<_>>()[..] {
        [url, token] => {
            Ok(Running { url: url.to_owned(), token: token.to_owned(), own: None, outgrown: false })
        }
        _ => bail!("another process is just starting or stopping it; try again"),
    }
}

/// A token for a server on this machine's loopback. It guards against mistakes, not against attackers.
fn random_token() -> String {
    let word = || RandomState::new().hash_one(std::process::id());
    format!("emulator-{:016x}{:016x}", word(), word())
}

/// Writes a file that only its owner can read.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_that_has_changed_since_it_was_copied_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let (seed, state) = (folder.path().join("seed"), folder.path().join("crm.json"));
        let name = VendorName::parse("crm").unwrap();
        let look = |seed: Option<&Path>| outgrown(folder.path(), &name, seed).unwrap();
        fs::write(&seed, "{}").unwrap();
        assert!(!look(Some(&seed)));
        fs::write(&state, "the state").unwrap();
        assert!(!look(Some(&seed)));
        fs::write(&seed, "{ }").unwrap();
        assert!(look(Some(&seed)) && look(None));
        fs::remove_file(&state).unwrap();
        assert!(!look(Some(&seed)));
        fs::write(&state, "the state").unwrap();
        assert!(!look(Some(&seed)));
    }
}
