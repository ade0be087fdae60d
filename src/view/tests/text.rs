use super::build::{
    bobs, change, finding, full, id, level, plan, sources, target, unreadable, vendor, verdict,
};
use crate::domain::{Action, Change, GuardVerdict, Plan, ReadingState, Severity, Verdict};
use crate::view::{Look, Palette, plan_text};
use std::sync::Arc;
use unicode_width::UnicodeWidthStr as _;

const VERBOSE: Look = Look { verbose: true, ..Look::plain() };

#[track_caller]
fn check(plan: &Plan, look: &Look, expect: &str) {
    assert_eq!(plan_text(plan, &sources(), look, None), expect);
}

fn last_line(plan: &Plan) -> String {
    plan_text(plan, &sources(), &Look::plain(), None).lines().last().unwrap_or("").to_owned()
}

#[test]
fn a_plan_says_what_to_whom_why_and_in_which_order() {
    let mut plan = full();
    unreadable(&mut plan, "clarity");
    plan.guards = vec![verdict(Verdict::Block, vec![id("heap", 5)])];
    let expect = "\
heap: 6 changes (41 accounts read from api at 2026-11-22T08:59:58Z)
  + heap-0001  Ana Li <ana@acme.example>     invite
      access/roles.yaml:5  heap/main: analyst
  + heap-0002  Ana Li (ana)                  grant main: analyst  [runbook]
      access/roles.yaml:5  heap/main: analyst
      reason: Q1 audit; ticket: SOW-113; after heap-0001
  ~ heap-0003  Jane Doe <jane@acme.example>  change main: consumer -> analyst
      access/roles.yaml:5  heap/main: analyst
  ~ heap-0004  Jane Doe <jane@acme.example>  update account
      - Jane [-Do-] <jane@acme.example>
      + Jane {+Doe+} <jane@acme.example>
      access/roles.yaml:5  heap/main: analyst
  - heap-0005  Bob Smith <bob@acme.example>  revoke team: member  [held by max-removals]
      access/users.yaml:6  departed: 2026-11-20
  - heap-0006  Bob Smith <bob@acme.example>  remove account  [high risk]
      access/users.yaml:6  departed: 2026-11-20
      after heap-0005

! clarity could not be read, and nothing is planned there.
  The second page repeats the first.

Findings
  warning unmanaged-account (heap): root@acme.example belongs to no declared user.
  1 more is only good to know; -v shows it.

Left for people to do
  bob before: hand over content (heap)
  `grantline tasks` lists them with what to do; -v shows that here.

Guards
  x max-removals blocks changes at heap: 12 of 41 accounts would lose access.
      Hint: Check the files, or override the guard.
      Held back: heap-0005.

Plan: 1 to invite, 1 to grant, 1 to change, 1 to revoke, 1 account to update, 1 account to remove. 1 is held \
         back by a guard. 1 needs a person. Nothing is planned for clarity, which could not be read.
";
    check(&plan, &Look::plain(), expect);
}

#[test]
fn more_words_show_what_is_only_good_to_know() {
    let mut plan = plan(vec![]);
    plan.findings = full().findings;
    plan.guards = vec![verdict(Verdict::Pass, vec![])];
    let expect = "\
heap: 0 changes (41 accounts read from api at 2026-11-22T08:59:58Z)

Findings
  warning unmanaged-account (heap): root@acme.example belongs to no declared user.
  info level-overridden (heap, access/roles.yaml:4): On heap/main, admin overrides analyst.
      Hint: Drop one.

Guards
  ok max-removals has nothing against the plan at heap: 12 of 41 accounts would lose access.

No changes. 1 warning needs a look.
";
    check(&plan, &VERBOSE, expect);
}

#[test]
fn a_guard_that_passes_everywhere_is_one_line() {
    let mut plan = plan(vec![]);
    let at = |name: &str| GuardVerdict { vendor: vendor(name), ..verdict(Verdict::Pass, vec![]) };
    plan.guards = vec![at("clarity"), at("heap")];
    let guards = |plan: &Plan| {
        let text = plan_text(plan, &sources(), &VERBOSE, None);
        let lines = text.lines().filter(|line| line.contains("max-removals")).map(str::to_owned);
        lines.collect::<Vec<_>>()
    };
    let same =
        "  ok max-removals has nothing against the plan at 2 vendors: 12 of 41 accounts would lose access.";
    assert_eq!(guards(&plan), [same]);
    plan.guards[1].detail = "0 of 7 accounts would lose access.".to_owned();
    assert_eq!(guards(&plan), ["  ok max-removals has nothing against the plan at 2 vendors."]);
    plan.guards[1].verdict = Verdict::Overridden;
    assert_eq!(guards(&plan).len(), 2);
}

#[test]
fn nothing_to_do_is_one_line() {
    check(&plan(vec![]), &Look::plain(), "No changes. Live access matches the workspace.\n");
}

#[test]
fn nothing_is_claimed_of_a_vendor_that_was_not_read() {
    let mut plan = plan(vec![]);
    unreadable(&mut plan, "clarity");
    let mut told = verdict(Verdict::Block, vec![]);
    (told.guard, told.vendor) = ("unreadable", vendor("clarity"));
    told.hint = Some("Try again later.".to_owned());
    plan.guards = vec![told];
    let mut again = finding(Severity::Warning, "vendor-unreadable", "clarity could not be read.");
    again.vendor = Some(vendor("clarity"));
    plan.findings = vec![again];
    let expect = "\
! clarity could not be read, and nothing is planned there.
  The second page repeats the first.
  Hint: Try again later.

No changes. Nothing is known of clarity, which could not be read.
";
    check(&plan, &Look::plain(), expect);
    plan.vendors.retain(|_, reading| reading.state == ReadingState::Unreadable);
    assert_eq!(last_line(&plan), "Nothing could be planned: clarity could not be read.");
}

#[test]
fn nothing_is_claimed_of_resources_that_were_not_read_or_found() {
    let line = |codes: &[&'static str]| {
        let mut plan = plan(vec![]);
        plan.findings = codes.iter().map(|code| finding(Severity::Info, code, "words")).collect();
        last_line(&plan)
    };
    let one = "No changes. 1 declared resource was not read: who has access there is not known.";
    assert_eq!(line(&["unread-resource"]), one);
    let two = "No changes. 2 declared resources were not found: who has access there is not known.";
    assert_eq!(line(&["missing-resource", "missing-resource"]), two);
    let both = "No changes. 1 declared resource was not read, and 1 declared resource was not found: who has access \
                there is not known.";
    assert_eq!(line(&["missing-resource", "unread-resource", "level-overridden"]), both);
    assert_eq!(line(&["level-overridden"]), "No changes. Live access matches the workspace.");
}

#[test]
fn an_override_is_shown_with_its_reason() {
    let mut plan = plan(vec![bobs(1, Action::RemoveAccount)]);
    let mut given = verdict(Verdict::Overridden, vec![id("heap", 1)]);
    given.because = Some("A merger.".to_owned());
    plan.guards = vec![given];
    let text = plan_text(&plan, &sources(), &Look::plain(), None);
    assert!(text.contains("  ~ max-removals is overridden at heap: 12 of 41 accounts would lose access.\n      Because: A merger.\n"), "{text}");
    assert_eq!(last_line(&plan), "Plan: 1 account to remove.");
}

#[test]
fn every_action_has_words_and_a_symbol() {
    let on = || target("main", "project");
    let (login, name) = ("new@acme.example", "New");
    let profile = || super::build::profile(login, name);
    let account = crate::domain::AccountId::parse("U-9").unwrap();
    let actions = [
        (Action::CreateResource { on: on() }, "+", "create project main", "1 resource to create"),
        (
            Action::Invite { profile: profile(), external_id: Arc::from("x"), on: None },
            "+",
            "invite",
            "1 to invite",
        ),
        (Action::Grant { on: on(), to: level("a") }, "+", "grant main: a", "1 to grant"),
        (
            Action::ChangeLevel { on: on(), from: level("a"), to: level("b") },
            "~",
            "change main: a -> b",
            "1 to change",
        ),
        (Action::Revoke { on: on(), from: level("a") }, "-", "revoke main: a", "1 to revoke"),
        (
            Action::TransferOwnership { on: on(), from: account },
            "!",
            "transfer ownership of main from U-9",
            "1 ownership to transfer",
        ),
        (
            Action::UpdateAccount { from: profile(), to: profile() },
            "~",
            "update account",
            "1 account to update",
        ),
        (Action::Suspend, "!", "suspend", "1 to suspend"),
        (Action::Restore, "+", "restore", "1 to restore"),
        (Action::RemoveAccount, "-", "remove account", "1 account to remove"),
        (Action::ResendInvitation { on: None }, "~", "resend invitation", "1 invitation to resend"),
        (Action::CancelInvitation { on: None }, "-", "cancel invitation", "1 invitation to cancel"),
    ];
    assert_eq!(actions.len(), Action::WORDS.len());
    for (action, symbol, words, count) in actions {
        let plan = plan(vec![change(1, action)]);
        let text = plan_text(&plan, &sources(), &Look::plain(), None);
        let line = format!("  {symbol} heap-0001  Jane Doe <jane@acme.example>  {words}\n");
        assert!(text.contains(&line), "{line} in {text}");
        assert_eq!(last_line(&plan), format!("Plan: {count}."));
    }
}

#[test]
fn who_is_told_as_far_as_it_is_known() {
    let line = |edit: &dyn Fn(&mut Change)| {
        let mut change = change(1, Action::Suspend);
        edit(&mut change);
        let text = plan_text(&plan(vec![change]), &sources(), &Look::plain(), None);
        text.lines().nth(1).unwrap_or("").to_owned()
    };
    assert_eq!(line(&|c| c.user_name = None), "  ! heap-0001  jane <jane@acme.example>  suspend");
    assert_eq!(line(&|c| c.account = None), "  ! heap-0001  Jane Doe (jane)  suspend");
    let undeclared = |c: &mut Change| (c.user_name, c.user) = (None, None);
    assert_eq!(line(&undeclared), "  ! heap-0001  jane@acme.example  suspend");
    assert_eq!(
        line(&|c| {
            undeclared(c);
            c.account = None;
        }),
        "  ! heap-0001  U-1  suspend"
    );
}

#[test]
fn what_others_wrote_cannot_act_on_a_terminal() {
    let bad = "x\u{1b}[2J\u{202e}\ny";
    let mut plan = full();
    let mut more = sources();
    let file = more.add("access/\u{1b}bad.yaml", "key: \u{202e}\n");
    for change in &mut plan.changes {
        change.account = Some(Arc::from(bad));
        change.user_name = Some(Arc::from(bad));
        (change.reason, change.ticket) = (Some(Arc::from(bad)), Some(Arc::from(bad)));
        change.because = vec![crate::domain::Span { file, line: 1, column: 1, len: 0 }];
        if let Some(on) = change.action.target_mut() {
            (on.kind, on.display) = (Arc::from(bad), Some(Arc::from(bad)));
        }
    }
    plan.changes[2].action = Action::Revoke { on: target("main", "x"), from: level(bad) };
    plan.changes[3].action =
        Action::UpdateAccount { from: super::build::profile(bad, bad), to: super::build::profile("ok", bad) };
    for finding in &mut plan.findings {
        (finding.detail, finding.hint) = (bad.to_owned(), Some(bad.to_owned()));
    }
    plan.obligations[0].detail = bad.to_owned();
    unreadable(&mut plan, "clarity");
    for reading in plan.vendors.values_mut() {
        (reading.source, reading.reason) = (Arc::from(bad), Some(bad.to_owned()));
    }
    let mut held = verdict(Verdict::Overridden, vec![]);
    (held.detail, held.because) = (bad.to_owned(), Some(bad.to_owned()));
    plan.guards = vec![held];
    let text = plan_text(&plan, &more, &VERBOSE, None);
    assert!(!text.chars().any(|c| c != '\n' && crate::domain::is_hidden(c)), "{text:?}");
    assert!(text.contains("x\\u{1b}[2J\\u{202e} y"), "{text}");
}

#[test]
fn a_narrow_terminal_wraps_and_loses_no_word() {
    let mut plan = full();
    plan.guards = vec![verdict(Verdict::Block, vec![id("heap", 5)])];
    let wide = plan_text(&plan, &sources(), &VERBOSE, None);
    let narrow = plan_text(&plan, &sources(), &Look { width: Some(60), ..VERBOSE }, None);
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(&narrow), words(&wide));
    for line in narrow.lines() {
        assert!(line.width() <= 60, "{line}");
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    let plan = full();
    let coloured =
        plan_text(&plan, &sources(), &Look { palette: Palette::coloured(), ..Look::plain() }, None);
    assert!(coloured.contains("\u{1b}[32m+\u{1b}[0m"), "{coloured:?}");
    let mut bare = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        bare.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    bare.push_str(rest);
    let lines = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    assert_eq!(lines(&bare), lines(&plan_text(&plan, &sources(), &Look::plain(), None)));
}

#[test]
fn the_lines_quoted_for_one_change_are_bounded() {
    let mut one = change(1, Action::Suspend);
    one.because = (1..=5).map(super::build::roles).collect();
    let text = plan_text(&plan(vec![one]), &sources(), &Look::plain(), None);
    assert_eq!(text.matches("access/roles.yaml:").count(), 3);
    assert!(text.contains("and 2 more lines"), "{text}");
}

#[test]
fn a_line_as_long_as_a_file_is_cut_around_what_counts() {
    let mut more = sources();
    let users: String = (0..500).map(|n| format!("u{n}: {{ email: u{n}@acme.example }}, ")).collect();
    let line = format!("users: {{ {users}}}");
    let column = u32::try_from(line.find("u400:").unwrap() + 1).unwrap();
    let file = more.add("access/users.json.yaml", &line);
    let mut one = change(1, Action::Suspend);
    one.because = vec![crate::domain::Span { file, line: 1, column, len: 4 }];
    let plan = plan(vec![one]);
    let text = plan_text(&plan, &more, &Look::plain(), None);
    let quoted = text.lines().nth(2).unwrap();
    assert!(quoted.contains(":1  …u400: { email: u400@acme.example }, u401"), "{quoted}");
    assert!(quoted.width() < 150, "{quoted}");
    let markdown = crate::view::plan_markdown(&plan, &more, None);
    assert!(markdown.contains("`…u400: { email: u400@acme.example }, u401"), "{markdown}");
}

#[test]
fn a_plan_of_which_nothing_would_be_carried_out_says_so() {
    let mut plan = plan(vec![bobs(1, Action::Suspend), bobs(2, Action::RemoveAccount)]);
    plan.guards = vec![verdict(Verdict::Block, vec![id("heap", 1), id("heap", 2)])];
    let expect = "Plan: 1 to suspend, 1 account to remove. All of them are held back by guards: nothing would be \
                  carried out.";
    assert_eq!(last_line(&plan), expect);
    plan.changes.truncate(1);
    plan.guards[0].holds.truncate(1);
    let expect = "Plan: 1 to suspend. It is held back by a guard: nothing would be carried out.";
    assert_eq!(last_line(&plan), expect);
}
