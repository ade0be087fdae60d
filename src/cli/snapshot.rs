mod report;

use super::emulators::Emulators;
use super::keep::Keeper;
use super::{Exit, Global, Output, browser, stages, tasks};
use crate::apply::browser::Members;
use crate::connector::Spec;
use crate::domain::{Resource, ResourceName, VendorName, VendorSettings, distance};
use crate::net::Clock;
use crate::observe::recorded::{self, MAX_BYTES, Material, RecordError, Stored};
use crate::observe::{Progress, Quiet};
use crate::vendors;
use crate::view::neutral;
use crate::workspace::Vendor;
use anyhow::{Context as _, bail};
use clap::ValueEnum;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{IsTerminal as _, Read};
use std::path::PathBuf;
use std::sync::Arc;

/// How long after it was saved a file may still be taken for what the page shows now.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// Records a members' table as a vendor's live state, where no request can read it
///
/// The table is the vendor's CSV export, or what a person copied from its page. It is stored under access/snapshots/, to
/// be committed. A table that is cut off, or much smaller than the last one, is refused.
#[derive(Debug, clap::Args)]
pub(crate) struct Snapshot {
    /// Whose members: VENDOR/RESOURCE, or VENDOR where only one resource can be meant
    #[arg(value_name = "VENDOR[/RESOURCE]")]
    target: String,
    /// The table; - for standard input
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Reads the table from the vendor's page, in the browser profile that `login` has signed in
    #[arg(long, conflicts_with_all = ["from", "taken"])]
    browser: bool,
    /// When the vendor's page showed it; now if absent, or when a FILE that is older than an hour was last changed
    #[arg(long, value_name = "TIMESTAMP", value_parser = super::moment::moment)]
    taken: Option<Timestamp>,
    /// Who records it; who git says is at work if absent
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Stores it although many members of the last snapshot are missing
    #[arg(long, requires = "because")]
    smaller: bool,
    /// Why that is right; kept in the file
    #[arg(long, value_name = "TEXT", requires = "smaller")]
    because: Option<String>,
    /// How to print what was stored
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// `grantline.snapshot-result/1`
    Json,
}

impl Snapshot {
    pub(crate) fn run(&self, global: &Global, output: &Output) -> anyhow::Result<Exit> {
        let now = stages::clock(None).now();
        let opened = stages::open(global, now, output)?;
        let (vendor, resource) = match self.target.split_once('/') {
            Some((vendor, resource)) => (vendor, Some(resource)),
            None => (self.target.as_str(), None),
        };
        let known = opened.workspace.vendors.keys().map(VendorName::as_str);
        let vendor = opened
            .workspace
            .vendors
            .get(vendor)
            .with_context(|| unknown("vendor", vendor, known.collect()))?;
        let clock = stages::clock(None);
        let spec = stages::spec(vendor, &opened.root)?;
        let keeper = Keeper::new(&opened, vendor, spec.pages.clone(), self.by.as_deref(), &clock)?;
        let resource = choose(vendor, &keeper.settings, &spec, resource)?;
        let resource = keeper.settings.resources.get(&resource).context("the resource is not declared")?;
        let smaller = self.because.clone().filter(|text| !text.trim().is_empty());
        if self.smaller && smaller.is_none() {
            bail!("--smaller needs --because TEXT");
        }
        let (stored, name, old) = if self.browser {
            let members = look(&opened, vendor, resource, &clock)?;
            let material = members.material();
            (keeper.record(resource, material, None, smaller)?, members.url, None)
        } else {
            let input = self.input(global, output)?;
            let old = input.changed.filter(|changed| self.taken.is_none() && is_old(*changed, now));
            let taken = self.taken.or(old);
            (keeper.record(resource, Material::Bytes(&input.bytes), taken, smaller)?, input.name, old)
        };
        let old = old.map(|changed| {
            format!(
                "{name} was last changed at {changed}, and its table counts as taken then; pass `--taken` where that is \
                 not so."
            )
        });
        match stored {
            Ok(mut stored) => {
                stored.warnings.extend(old);
                self.report(&stored, output)?;
                settle(&opened, vendor, &clock, output)
            }
            Err(RecordError::Refused(refusal)) => {
                output.tell(refusal.render(&name).trim_end());
                if let Some(old) = old {
                    output.tell(&format!("warning: {}", neutral::sentence(&old)));
                }
                let count = refusal.problems.len();
                bail!("nothing was stored: {count} {}", if count == 1 { "problem" } else { "problems" })
            }
            Err(error) => Err(error.into()),
        }
    }

    fn input(&self, global: &Global, output: &Output) -> anyhow::Result<Input> {
        let from = match &self.from {
            Some(from) => from.clone(),
            None if std::io::stdin().is_terminal() => PathBuf::from("-"),
            None => bail!(
                "there is no table; pass the vendor's export with `--from FILE`, or what was copied from its page with \
                 `--from -` on standard input"
            ),
        };
        if from.as_os_str() == "-" {
            if std::io::stdin().is_terminal() {
                output.tell("Paste the table with its headings, then press Enter and Ctrl-D.");
            }
            let bytes = bounded(std::io::stdin().lock())?;
            return Ok(Input { bytes, name: "standard input".to_owned(), changed: None });
        }
        let path = global.path(&from);
        let file = File::open(&path).and_then(|file| match file.metadata()? {
            about if about.is_dir() => Err(std::io::ErrorKind::IsADirectory.into()),
            about => Ok((about.modified().ok().filter(|_| about.is_file()), file)),
        });
        let read =
            file.map_err(anyhow::Error::from).and_then(|(changed, file)| Ok((changed, bounded(file)?)));
        let (changed, bytes) =
            read.with_context(|| format!("the table {} cannot be read", path.display()))?;
        let changed = changed.and_then(|at| Timestamp::try_from(at).ok());
        // Whole seconds, as people write them.
        let changed = changed.and_then(|at| Timestamp::from_second(at.as_second()).ok());
        Ok(Input { bytes, name: from.display().to_string(), changed })
    }

    fn report(&self, stored: &Stored, output: &Output) -> anyhow::Result<()> {
        for warning in &stored.warnings {
            output.talk(&format!("warning: {}", neutral::sentence(warning)));
        }
        let changes = stored.differences.as_ref().map(report::lines).unwrap_or_default();
        match self.format {
            Format::Text => output.data(&report::text(stored, &changes))?,
            Format::Json => {
                output.talk(&changes);
                output.data(&report::json(stored)?)?;
            }
        }
        Ok(())
    }
}

/// A table that somebody handed over.
struct Input {
    bytes: Vec<u8>,
    /// What to call it in messages.
    name: String,
    /// When it was last changed, where it is a file.
    changed: Option<Timestamp>,
}

/// Whether what was last changed then cannot show how the page is now.
fn is_old(changed: Timestamp, now: Timestamp) -> bool {
    now.duration_since(changed) > FRESH
}

/// The table as the vendor's page shows it now.
fn look(
    opened: &stages::Opened,
    vendor: &Vendor,
    resource: &Resource,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Members> {
    super::block_on(super::calls::until_interrupted(async {
        let emulators = Emulators::start(&opened.root, &[vendor])?;
        browser::read(&opened.root, vendor, resource, &emulators, clock).await
    }))
}

/// Says which tasks the new snapshot shows done, and which it contradicts. It is stored by then, so that a vendor that
/// does not answer now costs nothing but this news.
fn settle(
    opened: &stages::Opened,
    vendor: &Vendor,
    clock: &Arc<dyn Clock>,
    output: &Output,
) -> anyhow::Result<Exit> {
    let quiet: Arc<dyn Progress> = Arc::new(Quiet);
    super::block_on(tasks::settle_after_snapshot(opened, vendor, (clock, &quiet), output))?;
    Ok(Exit::Success)
}

/// As much as a table may hold, and one byte more if there is one, so that it is seen to be too large.
fn bounded(from: impl Read) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The resource that is meant.
fn choose(
    vendor: &Vendor,
    settings: &VendorSettings,
    spec: &Spec,
    named: Option<&str>,
) -> anyhow::Result<ResourceName> {
    let recordable = recorded::recordable(settings, spec, vendors::has_api(vendor));
    if recordable.is_empty() {
        bail!("nothing of {} is recorded: it has no members' table that requests do not read", vendor.name);
    }
    let Some(named) = named else { return only(vendor, &recordable) };
    if let Some(name) = recordable.get(named) {
        return Ok(name.clone());
    }
    if settings.resources.contains_key(named) {
        bail!("{}/{named} is not recorded: {}", vendor.name, listed(vendor, &recordable));
    }
    let names = recordable.iter().map(ResourceName::as_str).collect();
    bail!("{}", unknown(&format!("recordable resource of {}", vendor.name), named, names))
}

fn only(vendor: &Vendor, recordable: &BTreeSet<ResourceName>) -> anyhow::Result<ResourceName> {
    let org = recordable.get(ResourceName::ORG);
    let single = recordable.first().filter(|_| recordable.len() == 1);
    match org.or(single) {
        Some(name) => Ok(name.clone()),
        None => bail!("name the resource: {}", listed(vendor, recordable)),
    }
}

fn listed(vendor: &Vendor, recordable: &BTreeSet<ResourceName>) -> String {
    let names: Vec<String> = recordable.iter().map(|name| format!("{}/{name}", vendor.name)).collect();
    format!("those that can be recorded are {}", names.join(", "))
}

/// That there is no such thing, with the nearest one that there is.
fn unknown(what: &str, name: &str, known: Vec<&str>) -> String {
    let shown = neutral::terminal(name);
    let near = known.iter().filter_map(|candidate| Some((distance(name, candidate)?, *candidate))).min();
    match near {
        Some((_, near)) => format!("there is no {what} `{shown}`; did you mean `{near}`?"),
        None => format!("there is no {what} `{shown}`; there is {}", known.join(", ")),
    }
}
