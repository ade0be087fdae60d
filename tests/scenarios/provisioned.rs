//! A vendor whose accounts an identity provider keeps: what is removed there comes back, unless the provider lets go
//! first.

use super::block_on;
use crate::support::estate::Estate;
use std::collections::BTreeMap;

const LINK: (&str, &str, &str) = ("heap", "directory", "Heap users");

fn workspace(jane: &str) -> String {
    format!(
        "workspace:\n  name: acme\n  guards:\n    max_removals: {{ percent: 100, at_least: 100 }}\n\
         vendors:\n  directory:\n    connector: scim\n    manage: authoritative\n    url: emulator\n    resources:\n\
         \x20     heap-users: {{ name: Heap users, kind: group }}\n\
         \x20 heap:\n    connector: heap\n    manage: authoritative\n    url: emulator\n    channel: api\n\
         \x20   provisioned_by: directory/heap-users\nusers:\n\
         \x20 kim: {{ name: Kim, email: kim@acme.example, grants: {{ directory/heap-users: member, heap/org: member }} }}\n\
         \x20 jane: {{ name: Jane, email: jane@acme.example, {jane} }}\n"
    )
}

const HERE: &str = "grants: { directory/heap-users: member, heap/org: member }";
const GONE: &str = "departed: 2026-11-20";

#[test]
fn what_is_removed_where_a_provider_keeps_it_comes_back() {
    block_on(async {
        let mut estate = Estate::new(&workspace(HERE), &BTreeMap::new(), &[LINK]);
        estate.apply().await;
        estate.apply().await;
        assert_eq!(estate.plan().await.changes, []);
        estate.edit(&workspace(GONE));
        let done = estate.apply_to(&["heap"]).await;
        println!("{:#?}", done.lines());
        println!("{:#?}", estate.apply().await.lines());
        println!("{:#?}", estate.apply().await.lines());
    });
}
