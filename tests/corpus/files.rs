//! What can be wrong with a file before it is YAML, and forms of a file that are not wrong at all.

use super::{Case, PARTNERS, STAFF, WORKSPACE, base};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = not_utf8();
    cases.push(huge());
    cases.extend(unusual());
    cases.extend(no_workspace());
    cases
}

fn not_utf8() -> Vec<Case> {
    let latin1 = b"users:\n  zoe:\n    name: Zo\xeb\n    email: zoe@acme.example\n".to_vec();
    let cut_off = "users:\n  zoe: { email: zoe@acme.example, name: Zoë".as_bytes();
    let cut_off = cut_off[..cut_off.len() - 1].to_vec();
    let utf16: Vec<u8> = "\u{feff}users: {}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let case = |name: &str, bytes: Vec<u8>, line| {
        let case = Case::new(format!("not UTF-8: {name}")).file("access/extra.yaml", bytes);
        case.expect("not-utf8", "access/extra.yaml", line).no_excerpt()
    };
    vec![
        case("Latin-1", latin1, 3),
        case("a character cut off", cut_off, 2),
        case("UTF-16", utf16, 1),
        case("a surrogate", b"roles: {}\n# \xed\xa0\x80\n".to_vec(), 2),
        case("an overlong slash", b"roles: {}\n\n\n# \xc0\xaf\n".to_vec(), 4),
        case("a program", b"\x7fELF\x02\x01\x01\xff\xfe\n".to_vec(), 1),
    ]
}

fn huge() -> Case {
    let line = "# A comment that says nothing, many times over, to fill the file with words.\n";
    let text = line.repeat(5 * 1024 * 1024 / line.len());
    Case::new("huge file")
        .file("access/huge.yaml", text)
        .expect("file-too-large", "access/huge.yaml", 1)
        .no_excerpt()
}

/// Nothing is wrong with the form; one reference is, and its place must be right all the same.
fn unusual() -> Vec<Case> {
    let broken = |case: Case| case.edit(STAFF, "roles: [lead]", "roles: [«unknown-role»leed]");
    let text = |path: &str| broken(Case::new("")).marked[path].clone();
    let crlf = String::from_utf8(text(STAFF)).expect("the base is text").replace('\n', "\r\n");
    let bom = [b"\xef\xbb\xbf".to_vec(), text(STAFF)].concat();
    vec![
        Case::new("carriage returns").file(STAFF, crlf.clone()),
        Case::new("byte order mark").file(STAFF, bom.clone()),
        Case::new("byte order mark and carriage returns").file(STAFF, [b"\xef\xbb\xbf", crlf.as_bytes()].concat()),
        Case::new("byte order mark, error on the first line")
            .file("access/extra.yaml", "\u{feff}«~unknown-key»rolls: {}\n"),
        broken(Case::new("wide characters before the place")).edit(STAFF, "name: Jane Doe", "name: 王小明 👩🏽‍💻"),
        Case::new("wide characters on the line")
            .append(STAFF, "  zoe: { name: 王小明, email: zoe@acme.example, roles: [«unknown-role»reader] }\n"),
        Case::new("combining characters on the line")
            .append(STAFF, "  zoe: { name: Zoe\u{308}, email: zoe@acme.example, roles: [«unknown-role»reader] }\n"),
        Case::new("right-to-left text on the line")
            .append(STAFF, "  zoe: { name: \u{5d6}\u{5d5}\u{5d0}\u{5d9}, email: zoe@acme.example, «unknown-key»rolls: [] }\n"),
        Case::new("comments all over").append(
            STAFF,
            "# One.\n\n  # Two.\n  zoe: # Three.\n    # Four.\n    email: zoe@acme.example # Five.\n    roles: # Six.\n      # Seven.\n      - «unknown-role»reader # Eight.\n",
        ),
        Case::new("a yml file").file("access/extra.yml", "users:\n  zoe: { email: zoe@acme.example, roles: [«unknown-role»reader] }\n"),
        Case::new("a very long line").append(
            STAFF,
            &format!("  zoe: {{ name: {}, email: zoe@acme.example, roles: [«unknown-role»reader] }}\n", "Zo".repeat(400)),
        ),
        Case::new("an anchor is used").edit(PARTNERS, "reason: Q1 UX audit", "reason: &why Q1 UX audit").append(
            PARTNERS,
            "  zoe:\n    email: zoe@acme.example\n    reason: *why\n    roles: [«unknown-role»reader]\n",
        ),
    ]
}

fn no_workspace() -> Vec<Case> {
    let nothing = base().iter().fold(Case::new("no files"), |case, (path, _)| case.without(path));
    vec![
        Case::new("no workspace section").without(WORKSPACE).expect("no-workspace", "", 0).no_excerpt(),
        Case::new("empty workspace file").file(WORKSPACE, "").expect("no-workspace", "", 0).no_excerpt(),
        Case::new("workspace file of comments")
            .file(WORKSPACE, "# Nothing yet.\n")
            .expect("no-workspace", "", 0)
            .no_excerpt(),
        nothing.expect("no-workspace", "", 0).no_excerpt(),
    ]
}
