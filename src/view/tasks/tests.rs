use super::*;
use crate::domain::{Because, Due, Instruction, Piece, Place, TaskId};
use crate::view::Look;
use std::sync::Arc;

fn sheet(batches: &[Batch]) -> Sheet<'_> {
    let created = "2026-11-22T09:00:00Z".parse().unwrap();
    Sheet { workspace: "acme", created, commit: Some("9f3c"), unread: &[], batches }
}

/// A task with everything that one can have.
fn full() -> Task {
    let way = Instruction(vec![Piece::Plain("Open ".to_owned()), Piece::Name("Settings".to_owned())]);
    let step = Instruction(vec![
        Piece::Plain("Press ".to_owned()),
        Piece::Name("Remove".to_owned()),
        Piece::Plain(" in the row of ".to_owned()),
        Piece::Value("pia@acme.example".to_owned()),
    ]);
    Task {
        resource_note: Some("project k3j9x2".to_owned()),
        because: vec![Because {
            file: Arc::from("access/users.yaml"),
            line: 3,
            text: "departed: 2026-11-20".to_owned(),
        }],
        ticket: Some(Arc::from("SOW-1")),
        place: Some(Place { url: "https://pages.example/k3j9x2/team".to_owned(), way }),
        before: vec![Instruction::plain("You are an Admin.")],
        steps: vec![step, Instruction::plain("Look again.")],
        check: Some(Instruction::plain("There is no row.")),
        record: Some(Instruction::plain("Write it down.")),
        ..Task::for_tests(1, "Remove Pia <pia@acme.example> from site")
    }
}

fn duty() -> Task {
    let kind = TaskKind::Obligation;
    Task { kind, due: Some(Due::After), resource: None, ..Task::for_tests(9, "Rotate tokens: pia") }
}

#[test]
fn the_list_shows_each_page_with_its_tasks_and_how_to_go_on() {
    let sent = Task { state: TaskState::Sent, ..Task::for_tests(2, "Remove Bob") };
    let after = Task { blocked: vec![Blocked::Task(full().id)], ..Task::for_tests(3, "Remove Ana") };
    let held = Blocked::Held { guard: "max-removals", reason: "Too many.".to_owned() };
    let held = Task { blocked: vec![held], ..Task::for_tests(4, "Remove Eve") };
    let batches = [Batch::for_tests(vec![full(), sent, after, held]), Batch::for_tests(vec![duty()])];
    let expect = "\
Vendor (v): site (project k3j9x2)
  https://pages.example/k3j9x2/team
  [ ] v-01010101  Remove Pia <pia@acme.example> from site
  [~] v-02020202  Remove Bob
      Ticked off. The next reading of the page shows whether it took.
  [ ] v-03030303  Remove Ana
      After v-01010101.
  [-] v-04040404  Remove Eve
      Not to be done: the guard max-removals holds it back. Too many.
  Then record the page: grantline snapshot v/site --from -

Vendor (v): once that is done
  [ ] v-09090909  Rotate tokens: pia

3 tasks to do, 1 ticked off and waiting for a reading, 1 that cannot be done yet.
`grantline tasks show ID` has the instructions, and `grantline tasks done ID` ticks off; the beginning of an ID is enough.
";
    assert_eq!(tasks_text(sheet(&batches), &Look::plain()), expect);
}

#[test]
fn nothing_to_do_says_so_and_nothing_known_is_not_that() {
    assert_eq!(tasks_text(sheet(&[]), &Look::plain()), "No task is open.\n");
    let unread = ["clarity".to_owned()];
    let text = tasks_text(Sheet { unread: &unread, ..sheet(&[]) }, &Look::plain());
    assert_eq!(text, "No task is known. Nothing was read of clarity.\n");
}

#[test]
fn one_task_has_all_that_it_takes() {
    let batch = Batch::for_tests(vec![full()]);
    let expect = "\
Remove Pia <pia@acme.example> from site
v-01010101  Vendor (v): site (project k3j9x2)

Why
  access/users.yaml:3  departed: 2026-11-20
  ticket: SOW-1

Where
  https://pages.example/k3j9x2/team
  Or by hand: Open **Settings**

Before you begin
  - You are an Admin.

Steps
  1. Press **Remove** in the row of `pia@acme.example`
  2. Look again.

Check
  There is no row.

Write down
  Write it down.

When it is done, tick it off: grantline tasks done v-01010101
After the last task on this page, record it: select the table from its headings to its last row, copy it, run grantline snapshot v/site --from -, paste, and press Enter and Ctrl-D. Or let a signed-in browser read it: grantline snapshot v/site --browser
";
    assert_eq!(task_text(&batch.tasks[0], &batch, &Look::plain()), expect);
}

#[test]
fn an_issue_is_a_checklist_with_the_instructions_folded_away() {
    let text = tasks_markdown(sheet(&[Batch::for_tests(vec![full()]), Batch::for_tests(vec![duty()])]));
    for part in [
        "#### Vendor \\(v\\):&#8203; site \\(project k3j9x2\\)\n\n<https://pages.example/k3j9x2/team>\n\n- [ ] `v-01010101` Remove Pia",
        "  <details><summary>Instructions</summary>\n\n  Why: `access/users.yaml:3` `departed: 2026-11-20`; SOW-1\n",
        "  1. Press **Remove** in the row of `pia@acme.example`\n  2. Look again.\n",
        "copy it, run `grantline snapshot v/site --from -`, paste",
        "When it is met, acknowledge it: `grantline tasks done v-09090909`",
        "<sub>Planned at 2026-11-22T09:00:00Z from `9f3c`.</sub>",
    ] {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
}

#[test]
fn an_issue_fits_and_every_task_keeps_its_line_longer_than_its_instructions() {
    let long = |number: u32| Task {
        id: TaskId::parse(&format!("v-{number:08x}")).unwrap(),
        steps: vec![Instruction::plain("Do it with care. ".repeat(50))],
        ..full()
    };
    let text = tasks_markdown(sheet(&[Batch::for_tests((0..200).map(long).collect())]));
    assert!(text.len() < 65_536, "{}", text.len());
    assert_eq!(text.matches("\n- [ ] ").count(), 200);
    assert!((20..200).contains(&text.matches("<details>").count()));
    let text = tasks_markdown(sheet(&[Batch::for_tests((0..2_000).map(long).collect())]));
    assert!(text.len() < 65_536, "{}", text.len());
    assert!(text.contains(" more did not fit here."), "{}", &text[text.len() - 400..]);
}

#[test]
fn what_others_wrote_stays_text_everywhere() {
    let hostile = "x\u{1b}[2J`y`|<img src=x> @team **z** \u{202e}";
    let mut task = full();
    task.title = hostile.to_owned();
    task.reason = Some(Arc::from(hostile));
    task.steps = vec![Instruction(
        [Piece::Plain, Piece::Name, Piece::Value, Piece::Link]
            .map(|piece| piece(hostile.to_owned()))
            .to_vec(),
    )];
    task.blocked = vec![Blocked::Waits(Arc::from(hostile))];
    let batches = [Batch::for_tests(vec![task])];
    let markdown = tasks_markdown(sheet(&batches));
    for text in [
        &markdown,
        &tasks_text(sheet(&batches), &Look::plain()),
        &task_text(&batches[0].tasks[0], &batches[0], &Look::plain()),
        &tasks_json(sheet(&batches)),
    ] {
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
    }
    let outside_code: String = markdown.split("``").step_by(2).collect();
    assert!(!outside_code.contains("<img") && !outside_code.contains(" @team"), "{markdown}");
}

#[test]
fn json_has_the_sentences_and_what_a_program_needs_beside_them() {
    let after = Task { blocked: vec![Blocked::Task(full().id)], ..Task::for_tests(3, "Remove Ana") };
    let text = tasks_json(sheet(&[Batch::for_tests(vec![full(), after]), Batch::for_tests(vec![duty()])]));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(text.starts_with("{\n  \"format\": \"grantline.tasks/1\""), "{text}");
    assert_eq!(json["batches"][0]["snapshot"], "grantline snapshot v/site --from -");
    let first = &json["batches"][0]["tasks"][0];
    assert_eq!(first["steps"][0], "Press **Remove** in the row of `pia@acme.example`");
    assert_eq!(first["url"], "https://pages.example/k3j9x2/team");
    assert_eq!(first["because"][0]["line"], 3);
    assert_eq!(json["batches"][0]["tasks"][1]["after"][0], "v-01010101");
    assert_eq!(json["batches"][1]["tasks"][0]["kind"], "obligation");
    assert_eq!(json["batches"][1]["due"], "after");
}

#[test]
fn who_ticked_a_task_off_is_told_with_when_and_their_words() {
    let ticked = crate::domain::Tick {
        at: "2026-11-22T10:00:00Z".parse().unwrap(),
        by: Arc::from("Tom\u{1b}"),
        note: Some("as SOW-1 says".to_owned()),
    };
    let met = Task { state: TaskState::Acknowledged, ticked: Some(ticked.clone()), ..duty() };
    let sent = Task { state: TaskState::Sent, ticked: Some(ticked), ..full() };
    for (task, verb) in [(met, "Acknowledged"), (sent, "Ticked off")] {
        let batch = Batch::for_tests(vec![task.clone()]);
        let text = task_text(&task, &batch, &Look::plain());
        let expect = format!("\n{verb} at 2026-11-22T10:00:00Z by Tom\\u{{1b}}: as SOW-1 says\n");
        assert!(text.contains(&expect), "{text}");
        let json: serde_json::Value = serde_json::from_str(&tasks_json(sheet(&[batch]))).unwrap();
        let ticked = &json["batches"][0]["tasks"][0]["ticked"];
        assert_eq!((&ticked["by"], &ticked["note"]), (&"Tom\u{1b}".into(), &"as SOW-1 says".into()));
    }
}
