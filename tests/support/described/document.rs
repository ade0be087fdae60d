//! An API description (OpenAPI 3.0): which operation a request is, and what its references lead to.

use serde_json::{Map, Value};

/// Longer chains of references lead in a circle.
const LONGEST_CHAIN: usize = 16;

/// The schema whose kind may carry annotations that nothing lists (OData 4.01 JSON, section 4.6).
const ENTITY: &str = "#/components/schemas/microsoft.graph.entity";

/// A description that is ready to be asked.
#[derive(Debug)]
pub(crate) struct Description {
    document: Value,
    prefix: &'static str,
    templates: Vec<Template>,
}

/// A path with places in it.
#[derive(Debug)]
struct Template {
    path: String,
    /// None stands for a place.
    segments: Vec<Option<String>>,
}

impl Template {
    fn new(path: &str) -> Self {
        let segment = |text: &str| (!text.starts_with('{')).then(|| text.to_owned());
        Self { path: path.to_owned(), segments: path.split('/').skip(1).map(segment).collect() }
    }

    fn fits(&self, segments: &[String]) -> bool {
        self.segments.len() == segments.len()
            && self.segments.iter().zip(segments).all(|(place, segment)| match place {
                Some(literal) => literal == segment,
                None => !segment.is_empty(),
            })
    }
}

/// One operation of a description.
pub(super) struct Operation<'a> {
    pub(super) description: &'a Description,
    pub(super) value: &'a Value,
    /// What holds for every operation on the path.
    shared: &'a Value,
}

impl Description {
    /// A description whose paths are served under a prefix.
    pub(crate) fn new(document: Value, prefix: &'static str) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        let mut templates: Vec<Template> = paths.map(|(path, _)| Template::new(path)).collect();
        // A literal segment beats a place, and the earlier one counts for more.
        templates.sort_by_key(|one| one.segments.iter().map(Option::is_none).collect::<Vec<_>>());
        Self { document, prefix, templates }
    }

    /// The operation that a request is.
    pub(super) fn operation(&self, method: &str, path: &str) -> Result<Operation<'_>, String> {
        let below = path.strip_prefix(self.prefix);
        let below = below.ok_or_else(|| format!("the path does not begin with {}", self.prefix))?;
        let segments: Vec<String> = below.split('/').skip(1).map(decoded).collect();
        let template = self.templates.iter().find(|template| template.fits(&segments));
        let template = template.ok_or("no such path is described")?;
        let shared = &self.document["paths"][&template.path];
        let value = shared.get(method.to_ascii_lowercase()).filter(|value| value.is_object());
        let value = value.ok_or_else(|| format!("{} takes no {method}", template.path))?;
        Ok(Operation { description: self, value, shared })
    }

    /// What a value is, wherever its references lead; and whether that is the base of every entity.
    pub(super) fn resolved<'a>(&'a self, value: &'a Value) -> (&'a Value, bool) {
        let (mut value, mut is_entity) = (value, false);
        for _ in 0..LONGEST_CHAIN {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return (value, is_entity);
            };
            is_entity |= reference == ENTITY;
            value = self.at(reference);
        }
        panic!("the description's references lead in a circle: {value}");
    }

    /// What a reference such as `#/components/schemas/User` names.
    pub(super) fn at(&self, reference: &str) -> &Value {
        let found = reference.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer));
        found.unwrap_or_else(|| panic!("the description has no {reference}"))
    }
}

impl<'a> Operation<'a> {
    /// The parameters of the query; what an operation says itself stands before what its path says.
    pub(super) fn parameters(&self) -> Vec<&'a Value> {
        let description = self.description;
        let both = [self.value, self.shared].into_iter().filter_map(|one| one.get("parameters")?.as_array());
        let mut found: Vec<&Value> = Vec::new();
        for parameter in both.flatten().map(|one| description.resolved(one).0) {
            if parameter["in"] == "query" && found.iter().all(|one| one["name"] != parameter["name"]) {
                found.push(parameter);
            }
        }
        found
    }

    /// What a request's body must be; none where there is none.
    pub(super) fn request_body(&self) -> Option<&'a Value> {
        self.value.get("requestBody").map(|body| self.description.resolved(body).0)
    }

    /// What an answer with a status must be: its very number, its hundred, or whatever stands for the rest.
    pub(super) fn answer(&self, status: u16) -> Option<&'a Value> {
        let answers = self.value["responses"].as_object()?;
        let hundred = format!("{}XX", status / 100);
        let found = answers.get(&status.to_string()).or_else(|| answers.get(&hundred));
        // Every operation that asks for a credential may say that it is wrong, in the words of its other refusals.
        let found = found.or_else(|| answers.get("default")).or_else(|| refusal(answers, status));
        found.map(|answer| self.description.resolved(answer).0)
    }

    /// Whether the pages of what it answers are named by the server, so that a client sends back what no parameter lists.
    pub(super) fn is_paged_by_url(&self) -> bool {
        self.value["x-ms-pageable"]["nextLinkName"].is_string()
    }
}

fn refusal(answers: &Map<String, Value>, status: u16) -> Option<&Value> {
    let mut refusals = answers.iter().filter(|(status, _)| status.starts_with('4'));
    refusals.find(|_| status == 401).map(|(_, answer)| answer)
}

/// The schema of a body's JSON; none where it has none.
pub(super) fn json_schema(content: Option<&Value>) -> Option<&Value> {
    let mut kinds = content?.as_object()?.iter().filter(|(kind, _)| kind.ends_with("json"));
    kinds.next()?.1.get("schema")
}

/// A path's segment without its escapes.
fn decoded(segment: &str) -> String {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        let escaped = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
