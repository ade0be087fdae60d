use super::emulators::{Emulators, FOLDER};
use super::{Exit, Global, Output, stages};
use crate::vendors::{has_api, pages_of};
use crate::workspace::Vendor;
use anyhow::{anyhow, bail};

/// Runs the workspace's embedded vendors on loopback, for looking at them and rehearsing
///
/// Other commands on the same workspace talk to them while they run. Each start takes a new port and a new token. Ends on
/// Ctrl-C; the state stays under .grantline/emulators/. A seed is copied there once: changing it has no effect until the
/// state is deleted.
#[derive(Debug, clap::Args)]
pub(crate) struct Emulate {
    /// Runs this vendor alone; several with commas, or by giving it several times
    #[arg(long = "vendor", value_name = "VENDOR", value_delimiter = ',')]
    vendors: Vec<String>,
}

impl Emulate {
    pub(crate) fn run(&self, global: &Global, output: &Output) -> anyhow::Result<Exit> {
        let opened = stages::open(global, stages::clock(None).now(), output)?;
        let mut vendors = stages::choose(&opened.workspace, &self.vendors)?;
        vendors.retain(|vendor| vendor.embedded().is_some());
        if vendors.is_empty() {
            bail!("no vendor of the workspace has `url: emulator`");
        }
        super::block_on(async {
            let emulators = Emulators::start(&opened.root, &vendors)?;
            emulators.tell(output);
            for (name, url, own) in emulators.list() {
                let note = if own { "" } else { " (another process runs it)" };
                for line in lines(&opened.workspace.vendors[name], url, &emulators)? {
                    output.data(&format!("{name} {line}{note}\n"))?;
                }
            }
            if emulators.list().all(|(_, _, own)| !own) {
                bail!("another process runs them already");
            }
            let token = match vendors.iter().any(|vendor| has_api(vendor)) {
                true => format!("A vendor's bearer token is the second line of {FOLDER}/VENDOR.address. "),
                false => String::new(),
            };
            output.talk(&format!("{token}Ctrl-C ends."));
            tokio::signal::ctrl_c().await?;
            Ok(Exit::Success)
        })
    }
}

/// Where the vendor's API is, and where its pages are; as far as it has either.
fn lines(vendor: &Vendor, url: &str, emulators: &Emulators) -> anyhow::Result<Vec<String>> {
    let pages = pages_of(&vendor.connector.value).map_err(|reason| anyhow!(reason))?;
    let origin = emulators.origin(&vendor.name).map_err(|reason| anyhow!(reason))?;
    let api = has_api(vendor).then(|| url.to_owned());
    Ok(api.into_iter().chain(pages.map(|_| format!("pages: {origin}/"))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendors::Registry;
    use crate::workspace::load_files;
    use jiff::Timestamp;

    #[test]
    fn a_vendor_shows_the_addresses_of_what_it_has() {
        let yaml = "workspace: { name: acme }\nvendors:\n  crm: { connector: scim, manage: observe, url: emulator }\n  \
                    ux: { connector: clarity, manage: observe, url: emulator }\n";
        let files = vec![("access/all.yaml".to_owned(), yaml.as_bytes().to_vec())];
        let workspace = load_files(files, &Registry, Timestamp::UNIX_EPOCH).workspace.unwrap();
        let folder = tempfile::TempDir::new().unwrap();
        let vendors: Vec<&Vendor> = workspace.vendors.values().collect();
        let emulators = Emulators::start(folder.path(), &vendors).unwrap();
        let shown = vendors.iter().map(|vendor| lines(vendor, "the url", &emulators).unwrap());
        let [crm, ux] = &shown.collect::<Vec<_>>()[..] else { panic!() };
        assert_eq!(*crm, ["the url"]);
        let [pages] = &ux[..] else { panic!("{ux:?}") };
        assert!(pages.starts_with("pages: http://127.0.0.1:") && pages.ends_with('/'), "{pages}");
    }
}
