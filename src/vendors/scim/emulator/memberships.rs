//! The groups of each user, which an answer about a user tells and the state does not hold.

use super::tenant::{Resource, Shelf};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The groups of each user, of one moment.
#[derive(Debug, Default)]
pub(crate) struct Memberships {
    groups: Vec<Arc<Resource>>,
    of: HashMap<String, Vec<usize>>,
}

impl Memberships {
    fn of(shelf: &Shelf) -> Self {
        let groups: Vec<Arc<Resource>> = shelf.iter().cloned().collect();
        let mut of: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, group) in groups.iter().enumerate() {
            for id in group.member_ids() {
                of.entry(id.to_owned()).or_default().push(at);
            }
        }
        Self { groups, of }
    }

    fn is_of(&self, shelf: &Shelf) -> bool {
        let mut kept = self.groups.iter();
        shelf.iter().all(|group| kept.next().is_some_and(|one| Arc::ptr_eq(one, group)))
            && kept.next().is_none()
    }

    /// The user's groups, in the tenant's order.
    pub(crate) fn groups(&self, user: &str) -> impl Iterator<Item = &Arc<Resource>> {
        self.of.get(user).into_iter().flatten().map(|at| &self.groups[*at])
    }
}

/// The memberships of the groups that were last asked about: they are many, and seldom change between two pages.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<Arc<Memberships>>);

impl Kept {
    pub(crate) fn of(&self, shelf: &Shelf) -> Arc<Memberships> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !kept.is_of(shelf) {
            *kept = Arc::new(Memberships::of(shelf));
        }
        Arc::clone(&kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, Value, json};

    fn group(id: &str, members: &[&str]) -> Resource {
        let members: Vec<Value> = members.iter().map(|id| json!({ "value": id })).collect();
        let attributes = Map::from_iter([("members".to_owned(), Value::Array(members))]);
        Resource { id: id.to_owned(), version: 1, created: None, modified: None, attributes }
    }

    #[test]
    fn what_is_kept_is_of_the_groups_as_they_are() {
        let kept = Kept::default();
        let groups = |shelf: &Shelf| -> Vec<String> {
            kept.of(shelf).groups("a").map(|group| group.id.clone()).collect()
        };
        let mut shelf = Shelf::default();
        shelf.put(group("1", &["a", "b"]));
        shelf.put(group("2", &["a"]));
        assert_eq!(groups(&shelf), ["1", "2"]);
        shelf.put(group("1", &["b"]));
        assert_eq!(groups(&shelf), ["2"]);
        shelf.remove("2");
        assert!(groups(&shelf).is_empty());
    }
}
