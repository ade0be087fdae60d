//! What a connector's own tests say to an emulator, held against the vendor's published description.

use crate::described::{Exchange, Watch};
use crate::vendors::scim::emulator::Options;
use std::sync::Arc;

/// Has every request and every answer looked at. What comes of it fails the test that drops it, which must be after the
/// server. A tap that is there already still sees them.
pub(crate) fn watch(connector: &str, options: &mut Options) -> Option<Arc<Watch>> {
    let watch = Watch::over(connector)?;
    let eye = Arc::downgrade(&watch);
    let before = options.tap.take();
    options.tap = Some(Arc::new(move |request, reply| {
        if let Some(before) = &before {
            before(request, reply);
        }
        let Some(watch) = eye.upgrade() else { return };
        watch.see(&Exchange {
            method: request.method(),
            path: request.path(),
            query: request.query(),
            body: request.body(),
            status: reply.status(),
            answer: reply.body(),
        });
    }));
    Some(watch)
}
