use super::super::fakes::{change, change_level, grant, id, invite, on, plan, revoke};
use super::*;
use crate::connector::{AddressChange, Joining, KindSpec, LevelSpec, Limits, pages};
use crate::domain::{FileId, Level, Obligation, ResourceName, Span, Target, UserName};
use std::time::Duration;

const PAGES: &str = "
format: grantline.pages/1
base: https://pages.example
words:
  settings: [Settings]
  members: [Team, Users]
  add: [Add team member, Add user, Invite user]
  email: [Email, Email address]
  role: [Role]
  remove: [Remove]
  confirm: ['Yes, remove']
pages:
  members:
    paths: ['/projects/{id}/team', '/projects/{id}/users']
    heading: members
    way: Open {@settings}, then {@members}.
tables:
  group:
    page: members
    columns: { email: [Email], level: [Role], state: [Status] }
    levels: { member: [Team member, Member], admin: [Admin] }
    states: { active: [Active], pending: [Pending, Invited] }
signed_out: []
in_the_way: []
procedures:
  - kind: group
    action: grant
    before: ['You are an Admin of {resource} at {vendor}.']
    steps:
      - open: { page: members }
      - expect: { gone: true }
      - press: { what: add }
      - fill: { field: email, value: '{account}' }
      - choose: { field: role, option: '{to}' }
      - press: { what: add, writes: true }
      - open: { page: members }
      - expect: { level: '{to}', state: pending }
      - person: { text: 'Tell {name} to look for a mail.' }
    check: The row of {account} shows {to}.
    record: Write down {account} and {to}.
  - kind: group
    action: revoke
    steps:
      - open: { page: members }
      - press: { what: remove, row: true }
      - press: { what: confirm, writes: true }
    check: There is no row for {account}.
    record: Write down {account} and {from}.
  - kind: group
    action: change-level
    steps:
      - fill: { field: email, value: '{nobody}' }
    check: Nothing.
    record: Nothing.
";

fn guides() -> BTreeMap<VendorName, Guide> {
    let level = |name: &str| LevelSpec {
        name: Level::parse(name).unwrap(),
        admin: false,
        exclusive: name == "admin",
    };
    let kind = KindSpec {
        name: "group",
        levels: vec![level("member"), level("admin")],
        custom_levels: false,
        joint: None,
        readable: true,
        by_name: false,
        creatable: false,
        access: &[Channel::Runbook],
        joining: Joining::Grant,
        keeps_one: false,
    };
    let spec = Spec {
        connector: "pages-only",
        title: "Vendor",
        docs: "https://pages.example/docs",
        kinds: vec![kind],
        accounts: &[],
        suspends: false,
        provisions: true,
        address_change: AddressChange::Recreate,
        limits: Limits::NARROW,
        settle: Duration::ZERO,
        forbidden: &[],
        resends: false,
        obligations: &[],
        pages: None,
    };
    let pages = Some(Arc::new(pages::parse(PAGES).unwrap()));
    let guide = Guide { spec, pages, base: None, has_api: false };
    BTreeMap::from([(VendorName::parse("v").unwrap(), guide)])
}

fn by_hand(number: usize, user: &str, action: Action) -> Change {
    change(number, user, action).by(Channel::Runbook)
}

fn of(plan: &Plan) -> Vec<Batch> {
    batches(plan, &guides(), &Sources::default())
}

/// The only task of a plan of one change.
fn only(change: Change) -> Task {
    let mut batches = of(&plan(vec![change], Vec::new()));
    assert_eq!(batches.len(), 1);
    assert_eq!(batches[0].tasks.len(), 1);
    batches[0].tasks.remove(0)
}

fn texts(sentences: &[Instruction]) -> Vec<String> {
    sentences.iter().map(Instruction::text).collect()
}

#[test]
fn a_procedure_becomes_sentences_that_somebody_new_can_follow() {
    let task = only(by_hand(1, "pia", grant("site", "member")));
    assert_eq!(task.title, "Give pia <pia@acme.example> member on site");
    assert_eq!(texts(&task.before), ["You are an Admin of `site` at `v`."]);
    assert_eq!(
        texts(&task.steps),
        [
            "Open https://pages.example/projects/site/team (or go there by hand: Open **Settings**, then **Team** (in \
             some versions **Users**)). You should see the page **Team** (in some versions **Users**).",
            "The list must have no row for `pia@acme.example`. If that is not so, stop here and change nothing: the \
             page has moved on since it was read. Record a new snapshot and plan again.",
            "Press **Add team member** (some versions call it **Add user** or **Invite user**).",
            "Type `pia@acme.example` into the field **Email** (some versions call it **Email address**).",
            "In the field **Role**, choose **Team member** (some versions call it **Member**).",
            "Press **Add team member** (some versions call it **Add user** or **Invite user**).",
            "Load the page **Team** (some versions call it **Users**) again.",
            "The list must have a row for `pia@acme.example` that shows **Team member** (some versions call it \
             **Member**) and **Pending** (some versions call it **Invited**). If that is not so yet, wait a few \
             minutes and load the page again.",
            "Tell `pia@acme.example` to look for a mail.",
        ]
    );
    let place = task.place.unwrap();
    assert_eq!(place.url, "https://pages.example/projects/site/team");
    assert_eq!(place.way.text(), "Open **Settings**, then **Team** (in some versions **Users**).");
    assert_eq!(
        task.record.unwrap().text(),
        "Write down `pia@acme.example` and **Team member** (in some versions **Member**)."
    );
}

#[test]
fn what_is_in_a_row_says_whose() {
    let task = only(by_hand(1, "pia", revoke("site", "owner")));
    assert_eq!(texts(&task.steps)[1], "Press **Remove** in the row of `pia@acme.example`.");
    assert_eq!(task.record.unwrap().text(), "Write down `pia@acme.example` and **owner**.");
}

#[test]
fn without_a_procedure_that_fits_there_is_one_sentence() {
    let check = |action, expect: &str| {
        assert_eq!(texts(&only(by_hand(1, "pia", action)).steps), [expect]);
    };
    check(Action::RemoveAccount, "Remove the account of `pia@acme.example` at `v`.");
    // Its template has a placeholder that nobody knows, so that following it could go wrong.
    check(
        change_level("site", "member", "admin"),
        "Change `pia@acme.example` from `member` to `admin` on `site` (group site) at `v`.",
    );
}

#[test]
fn a_workspace_can_say_where_the_pages_are() {
    let mut guides = guides();
    guides.values_mut().for_each(|guide| guide.base = Some("http://127.0.0.1:4000/".to_owned()));
    let plan = plan(vec![by_hand(1, "pia", grant("site", "member"))], Vec::new());
    let batches = batches(&plan, &guides, &Sources::default());
    let place = batches[0].tasks[0].place.as_ref().unwrap();
    assert_eq!(place.url, "http://127.0.0.1:4000/projects/site/team");
}

#[test]
fn an_id_survives_new_numbers_and_an_account_that_has_come_to_be() {
    let one = plan(
        vec![change(1, "pia", invite("pia")), unknown(by_hand(2, "pia", grant("site", "member")))],
        vec![],
    );
    let later = plan(vec![by_hand(7, "pia", grant("site", "member"))], vec![]);
    let id_of = |plan: &Plan| ids(plan).into_values().next().unwrap();
    assert_eq!(id_of(&one), id_of(&later));
    let capital =
        Change { account: Some(Arc::from("Pia@ACME.example")), ..by_hand(1, "pia", grant("site", "member")) };
    assert_eq!(id_of(&plan(vec![capital], vec![])), id_of(&later));
    let other = |action| id_of(&plan(vec![by_hand(7, "pia", action)], vec![]));
    let different = [
        other(grant("site", "admin")),
        other(grant("shop", "member")),
        other(revoke("site", "member")),
        id_of(&plan(vec![by_hand(7, "ana", grant("site", "member"))], vec![])),
        id_of(&later),
    ];
    assert_eq!(different.iter().collect::<std::collections::BTreeSet<_>>().len(), different.len());
}

#[test]
fn a_revocation_is_the_same_task_at_any_level_and_another_on_another_resource_of_that_name() {
    let id_of = |action| only(by_hand(1, "pia", action)).id;
    let first = id_of(revoke("site", "member"));
    assert_eq!(id_of(revoke("site", "admin")), first);
    let on = Target { id: Some(Arc::from("zz99zz")), ..on("site") };
    let elsewhere = only(by_hand(1, "pia", Action::Revoke { on, from: Level::parse("member").unwrap() }));
    assert_ne!(elsewhere.id, first);
    assert_eq!(elsewhere.resource_id.as_deref(), Some("zz99zz"));
    assert_ne!(id_of(change_level("site", "member", "admin")), id_of(change_level("site", "owner", "admin")));
}

/// The change as it is planned while its account has yet to be created.
fn unknown(change: Change) -> Change {
    Change { account: None, account_id: None, ..change }.behind(&[1])
}

/// Each batch as `resource: users`.
fn shape(batches: &[Batch]) -> Vec<String> {
    let user = |task: &Task| task.account.as_deref().unwrap_or("").split('@').next().unwrap().to_owned();
    let users = |batch: &Batch| batch.tasks.iter().map(user).collect::<Vec<_>>().join(" ");
    let name = |batch: &Batch| match (&batch.resource, batch.due) {
        (Some(name), _) => name.to_string(),
        (None, due) => due.map_or("accounts", Due::word).to_owned(),
    };
    batches.iter().map(|batch| format!("{}: {}", name(batch), users(batch))).collect()
}

#[test]
fn each_page_is_walked_once_and_within_it_the_plans_order_holds() {
    let changes = vec![
        by_hand(1, "ana", revoke("site", "admin")),
        by_hand(2, "bob", revoke("shop", "member")),
        change(3, "eve", revoke("site", "member")),
        by_hand(4, "carl", revoke("site", "member")),
        by_hand(5, "dora", Action::RemoveAccount),
    ];
    assert_eq!(shape(&of(&plan(changes, vec![]))), ["shop: bob", "site: ana carl", "accounts: dora"]);
}

#[test]
fn a_page_is_left_and_come_back_to_where_the_order_demands_it() {
    // 4 waits for 2 by way of 3, which no person carries out.
    let changes = vec![
        by_hand(1, "ana", revoke("club", "admin")),
        by_hand(2, "bob", revoke("shop", "member")),
        change(3, "eve", revoke("shop", "member")).behind(&[2]),
        by_hand(4, "carl", revoke("club", "member")).behind(&[3]),
    ];
    let batches = of(&plan(changes, vec![]));
    assert_eq!(shape(&batches), ["club: ana", "shop: bob", "club: carl"]);
    let third = ChangeId::new(&VendorName::parse("v").unwrap(), 3);
    assert_eq!(batches[2].tasks[0].blocked, [Blocked::Change(third)]);
}

#[test]
fn what_comes_first_is_named_by_its_task() {
    let hand_over = Action::TransferOwnership { on: on("site"), from: id("ana@acme.example") };
    let changes = vec![by_hand(1, "bob", hand_over), by_hand(2, "ana", revoke("site", "admin")).behind(&[1])];
    let batches = of(&plan(changes, vec![]));
    let [first, then] = &batches[0].tasks[..] else { panic!("{batches:?}") };
    assert_eq!(first.title, "Transfer the ownership of site from ana@acme.example to bob <bob@acme.example>");
    assert_eq!(first.to.as_deref(), Some("admin"), "by which a reading is judged");
    assert_eq!(then.blocked, [Blocked::Task(first.id.clone())]);
    assert!(then.is_doable());
}

#[test]
fn what_is_held_back_or_has_to_wait_is_listed_and_not_to_be_done() {
    let waiting =
        Change { waits: Some(Arc::from("Ten are pending.")), ..by_hand(1, "ana", grant("site", "member")) };
    assert_eq!(only(waiting).blocked, [Blocked::Waits(Arc::from("Ten are pending."))]);
    let removal = by_hand(1, "bob", Action::RemoveAccount);
    let verdict = GuardVerdict {
        guard: "max-removals",
        vendor: removal.vendor.clone(),
        verdict: Verdict::Block,
        detail: "Too many.".to_owned(),
        hint: None,
        holds: vec![removal.id.clone()],
        because: None,
    };
    let mut plan = plan(vec![removal], vec![verdict]);
    plan.obligations = vec![obligation("bob", "hand-over-content", Due::Before)];
    let batches = of(&plan);
    assert_eq!(shape(&batches), ["before: ", "accounts: bob"]);
    let held = Blocked::Held { guard: "max-removals", reason: "Too many.".to_owned() };
    for task in batches.iter().flat_map(|batch| &batch.tasks) {
        assert_eq!(task.blocked, std::slice::from_ref(&held), "{}", task.title);
        assert!(!task.is_doable());
    }
}

fn obligation(user: &str, code: &'static str, due: Due) -> Obligation {
    Obligation {
        vendor: VendorName::parse("v").unwrap(),
        code,
        due,
        user: Some(UserName::parse(user).unwrap()),
        account: None,
        resource: None,
        detail: "Do it.".to_owned(),
    }
}

#[test]
fn obligations_come_before_or_after_and_a_removal_names_what_is_due_before_it() {
    let mut plan = plan(
        vec![by_hand(1, "bob", revoke("site", "member")), by_hand(2, "ana", revoke("site", "member"))],
        vec![],
    );
    let elsewhere = Obligation {
        resource: Some(ResourceName::parse("shop").unwrap()),
        ..obligation("bob", "hand-over-dashboards", Due::Before)
    };
    plan.obligations = vec![
        obligation("bob", "rotate-tokens", Due::After),
        obligation("bob", "hand-over-content", Due::Before),
        elsewhere,
    ];
    let batches = of(&plan);
    assert_eq!(shape(&batches), ["before:  ", "site: bob ana", "after: "]);
    let due = &batches[0].tasks[0];
    assert_eq!((due.title.as_str(), due.kind), ("Hand over content: bob", TaskKind::Obligation));
    let said = format!("This is done and acknowledged: `{}` (Hand over content: bob).", due.id);
    assert_eq!(texts(&batches[1].tasks[0].before), [said]);
    assert!(batches[1].tasks[1].before.is_empty());
}

#[test]
fn nobody_sees_to_what_cannot_have_happened_yet() {
    let mut first = by_hand(1, "new", grant("main", "admin"));
    first.waits = Some(Arc::from("They have not accepted."));
    let after = vec![first.id.clone()];
    let last = Change { after, ..by_hand(2, "bob", revoke("main", "member")) };
    let mut plan = plan(vec![first, last], Vec::new());
    plan.obligations = [("rotate-tokens", Due::After), ("hand-over-content", Due::Before)]
        .map(|(code, due)| obligation("bob", code, due))
        .to_vec();
    let doable = |plan: &Plan| {
        let tasks = of(plan).into_iter().flat_map(|batch| batch.tasks);
        let doable = tasks.filter(|task| task.kind == TaskKind::Obligation && task.is_doable());
        doable.map(|task| task.code.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(doable(&plan), ["hand-over-content"]);
    plan.changes[0].waits = None;
    assert_eq!(doable(&plan), ["hand-over-content", "rotate-tokens"]);
}

#[test]
fn only_what_no_request_reads_needs_a_snapshot() {
    let plan = plan(vec![by_hand(1, "bob", revoke("site", "member"))], vec![]);
    let needs = |has_api: bool, readable: bool| {
        let mut guides = guides();
        for guide in guides.values_mut() {
            guide.has_api = has_api;
            guide.spec.kinds[0].readable = readable;
        }
        batches(&plan, &guides, &Sources::default())[0].needs_snapshot
    };
    assert_eq!([needs(false, true), needs(true, false), needs(true, true)], [true, true, false]);
}

#[test]
fn a_task_says_why_in_the_words_of_the_files() {
    let mut sources = Sources::default();
    let file = sources.add("access/users.yaml", "users:\n  pia:\n    departed: 2026-11-20\n");
    assert_eq!(file, FileId(0));
    let because = vec![Span { file, line: 3, column: 5, len: 1 }];
    let change =
        Change { because, ticket: Some(Arc::from("SOW-1")), ..by_hand(1, "pia", revoke("site", "member")) };
    let batches = batches(&plan(vec![change], vec![]), &guides(), &sources);
    let task = &batches[0].tasks[0];
    assert_eq!((&*task.because[0].file, task.because[0].line), ("access/users.yaml", 3));
    assert_eq!(task.because[0].text, "departed: 2026-11-20");
    assert_eq!(task.ticket.as_deref(), Some("SOW-1"));
}
