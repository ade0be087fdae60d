//! Where a vendor's pages are.

use super::emulators::Emulators;
use crate::connector::pages::Pages;
use crate::vendors;
use crate::workspace::{Vendor, VendorUrl};

/// The address of the vendor's pages, without a slash at the end: what the workspace says, the embedded vendor's, or
/// the one that everybody's pages have.
///
/// # Errors
/// When the embedded vendor does not run, as a sentence.
pub(crate) fn base(vendor: &Vendor, pages: &Pages, emulators: &Emulators) -> Result<String, String> {
    let given = |url: &VendorUrl| match url {
        VendorUrl::Base(url) => Some(url.trim_end_matches('/').to_owned()),
        VendorUrl::Emulator { .. } => None,
    };
    if let Some(url) = vendor.pages.url.as_ref().and_then(|url| given(&url.value)) {
        return Ok(url);
    }
    if vendor.embedded().is_some() {
        return emulators.origin(&vendor.name);
    }
    // Where there is no API, `url` has nothing else to say.
    let url = vendor.url.as_ref().filter(|_| !vendors::has_api(vendor));
    Ok(url.and_then(|url| given(&url.value)).unwrap_or_else(|| pages.base.clone()))
}
