use super::emulators::{Emulators, FOLDER};
use super::{Exit, Global, Output, stages};
use crate::workspace::VendorUrl;
use anyhow::bail;

/// Runs the workspace's embedded vendors on loopback, for looking at them and rehearsing
///
/// Other commands on the same workspace talk to them while they run. Ends on Ctrl-C; the state stays under
/// .grantline/emulators/.
#[derive(Debug, clap::Args)]
pub(crate) struct Emulate {
    /// Runs this vendor alone; may be given several times
    #[arg(long = "vendor", value_name = "VENDOR")]
    vendors: Vec<String>,
}

impl Emulate {
    pub(crate) fn run(&self, global: &Global, output: &Output) -> anyhow::Result<Exit> {
        let opened = stages::open(global, stages::clock(None).now(), output)?;
        let mut vendors = stages::choose(&opened.workspace, &self.vendors)?;
        vendors.retain(|vendor| {
            matches!(vendor.url.as_ref().map(|url| &url.value), Some(VendorUrl::Emulator { .. }))
        });
        if vendors.is_empty() {
            bail!("no vendor of the workspace has `url: emulator`");
        }
        super::block_on(async {
            let emulators = Emulators::start(&opened.root, &vendors)?;
            for (name, url, own) in emulators.list() {
                let note = if own { "" } else { " (another process runs it)" };
                output.data(&format!("{name} {url}{note}\n"))?;
            }
            if emulators.list().all(|(_, _, own)| !own) {
                bail!("another process runs them already");
            }
            output.talk(&format!(
                "Each vendor's bearer token is the second line of {FOLDER}/VENDOR.address. Ctrl-C ends."
            ));
            tokio::signal::ctrl_c().await?;
            Ok(Exit::Success)
        })
    }
}
