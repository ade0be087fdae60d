//! Lists: filter, order, page (RFC 7644, section 3.4.2; RFC 9865 for cursors).

use super::behaviour::{Behaviour, Paging};
use super::exchange::{Refusal, Request};
use super::filter::{AttributePath, Filter};
use super::render::{Projection, Renderer, View};
use super::schema::Type;
use super::tenant::Resource;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const LIST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// What a list is made from.
pub(crate) struct Listing<'a> {
    pub(crate) kind: Type,
    pub(crate) view: View<'a>,
    pub(crate) behaviour: &'a Behaviour,
    pub(crate) renderer: Renderer<'a>,
    /// How many lists were answered before; servers that waver do so by it.
    pub(crate) number: u64,
}

impl<'a> Listing<'a> {
    /// The page that a request asks for.
    pub(crate) fn page(&self, request: &Request) -> Result<Value, Refusal> {
        let mut found = self.found(request)?;
        self.sort(request, &mut found)?;
        if let Some(seed) = self.behaviour.shuffle {
            shuffle(&mut found, seed.wrapping_add(self.number));
        }
        // By the page, and not by how many lists came before: those of users and groups are read side by side.
        let mut later = ["startIndex", "cursor"].iter().filter_map(|name| request.parameter(name));
        let wobble = usize::from(self.behaviour.moving_total && later.any(|at| !matches!(at, "" | "1")));
        let total = found.len() + wobble;
        let count = self.count(request)?;
        let by_cursor = match self.behaviour.paging {
            Paging::Index => false,
            Paging::Cursor => true,
            Paging::Both => request.parameter("cursor").is_some(),
        };
        let (slice, mut page) = if by_cursor {
            by_cursor_page(request, &found, count)?
        } else {
            self.by_index(request, &found, count)?
        };
        let projection = Projection::new(
            self.kind,
            request.parameter("attributes"),
            request.parameter("excludedAttributes"),
        )
        .telling(self.behaviour.members);
        let resources: Vec<Value> = slice.iter().map(|one| projection.apply(self.rendered(one))).collect();
        page["schemas"] = json!([LIST_URN]);
        page["totalResults"] = Value::from(total);
        page["itemsPerPage"] = Value::from(resources.len());
        page["Resources"] = Value::Array(resources);
        Ok(page)
    }

    /// What the list holds. Nothing of it is rendered for longer than it is looked at: what a page costs does not grow
    /// with the tenant.
    fn found(&self, request: &Request) -> Result<Vec<&'a Resource>, Refusal> {
        let filter = request.parameter("filter");
        let filter = filter.map(|text| Filter::parse(self.kind.attributes(), text)).transpose()?;
        let all = self.view.shelf(self.kind).iter().map(AsRef::as_ref);
        let Some(filter) = filter.filter(|_| !self.behaviour.ignore_filter) else { return Ok(all.collect()) };
        let exact = self.behaviour.exact_filter;
        Ok(all.filter(|one: &&Resource| filter.holds(&self.rendered(one), exact)).collect())
    }

    fn rendered(&self, resource: &Resource) -> Value {
        self.renderer.render(self.kind, resource)
    }

    fn sort(&self, request: &Request, found: &mut [&Resource]) -> Result<(), Refusal> {
        let Some(by) = request.parameter("sortBy") else { return Ok(()) };
        let path = AttributePath::parse(self.kind.attributes(), by)
            .ok_or_else(|| Refusal::bad("invalidValue", "`sortBy` must name an attribute."))?;
        let key = |one: &&Resource| {
            let value = self.rendered(one);
            let first = value.get(path.attribute.name).map(|value| value.get(0).unwrap_or(value));
            let part = path.part.and_then(|part| first?.get(part.name)).or(first);
            part.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_lowercase))
        };
        found.sort_by_cached_key(key);
        if request.parameter("sortOrder").is_some_and(|order| order.eq_ignore_ascii_case("descending")) {
            found.reverse();
        }
        Ok(())
    }

    fn count(&self, request: &Request) -> Result<usize, Refusal> {
        let limit = self.behaviour.max_page.max(1);
        let default = self.behaviour.default_page.unwrap_or(limit);
        match number(request, "count")? {
            Some(asked) if !self.behaviour.ignore_count => {
                Ok(usize::try_from(asked.max(0)).unwrap_or(usize::MAX).min(limit))
            }
            _ => Ok(default),
        }
    }

    fn by_index<'v>(
        &self,
        request: &Request,
        found: &'v [&'a Resource],
        count: usize,
    ) -> Result<(&'v [&'a Resource], Value), Refusal> {
        let asked = number(request, "startIndex")?.unwrap_or(1).max(1);
        let asked = usize::try_from(asked).unwrap_or(usize::MAX);
        let past_end = asked > found.len();
        let start = match self.behaviour {
            Behaviour { ignore_start_index: true, .. } => 1,
            Behaviour { repeat_first_page: true, .. } if past_end => 1,
            Behaviour { repeat_ids: true, .. } if asked > 1 => asked - 1,
            _ => asked,
        };
        let from = (start - 1).min(found.len());
        let to = from.saturating_add(count).min(found.len());
        let shown = if self.behaviour.ignore_start_index { 1 } else { asked };
        Ok((&found[from..to], json!({ "startIndex": shown })))
    }
}

/// A cursor names the query it belongs to and the last resource it has passed.
fn by_cursor_page<'v, 'a>(
    request: &Request,
    found: &'v [&'a Resource],
    count: usize,
) -> Result<(&'v [&'a Resource], Value), Refusal> {
    let mark = query_mark(request);
    let from = match request.parameter("cursor").filter(|cursor| !cursor.is_empty()) {
        None => 0,
        Some(cursor) => {
            let id = cursor.strip_prefix(&mark).and_then(from_hex);
            let id = id.ok_or_else(|| Refusal::bad("invalidCursor", "The cursor is not of this query."))?;
            let at = found.iter().position(|one| one.id == id);
            let gone = || Refusal::bad("expiredCursor", "The cursor has expired; start again without one.");
            at.ok_or_else(gone)? + 1
        }
    };
    let to = from.saturating_add(count).min(found.len());
    let slice = &found[from..to];
    let mut page = json!({});
    if let Some(last) = slice.last().filter(|_| to < found.len()) {
        page["nextCursor"] = Value::from(format!("{mark}{}", to_hex(&last.id)));
    }
    Ok((slice, page))
}

fn query_mark(request: &Request) -> String {
    let parts = ["filter", "sortBy", "sortOrder"].map(|name| request.parameter(name).unwrap_or_default());
    let digest = Sha256::digest(format!("{}\n{}", request.path, parts.join("\n")));
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn to_hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<String> {
    let bytes = text.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    });
    String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()
}

fn number(request: &Request, name: &str) -> Result<Option<i64>, Refusal> {
    let text = request.parameter(name);
    let number = text.map(str::parse).transpose();
    number.map_err(|_| Refusal::bad("invalidValue", format!("`{name}` must be a whole number.")))
}

/// Fisher and Yates, drawing from SplitMix64.
fn shuffle<T>(values: &mut [T], seed: u64) {
    let mut state = seed;
    for at in (1..values.len()).rev() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut drawn = state;
        drawn = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        drawn ^= drawn >> 31;
        let other = usize::try_from(drawn % (at as u64 + 1)).unwrap_or(0);
        values.swap(at, other);
    }
}
