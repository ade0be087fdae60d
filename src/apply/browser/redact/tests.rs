use super::*;
use proptest::prelude::*;

const KEPT_ADDRESS: &str = "pia@acme.example";

fn redacted(page: &str) -> String {
    html(page, &[KEPT_ADDRESS.to_owned()])
}

#[test]
fn other_addresses_go_and_the_change_s_own_stays() {
    assert_eq!(
        redacted("<td>Pia <b>PIA</b>@acme.example</td><td>bob@acme.example.</td>"),
        "<td>Pia <b>PIA</b>@acme.example</td><td>(address).</td>"
    );
    for page in [
        "<p>bob@acme.example</p>",
        "<p>bob&#64;acme&period;example</p>",
        "<p>b<b>ob</b>@ac<wbr>me.example</p>",
        "<p>bob&commat;acme.example</p>",
        "<p>b\u{200b}ob@acme.example</p>",
        "<a href='mailto:bob@acme.example'>x</a>",
        "<a href='/users/bob%40acme.example?x=1'>x</a>",
        "<a href='/users/bob%2540acme.example'>x</a>",
        "<button aria-label='Remove bob@acme.example'>x</button>",
        "<!-- bob@acme.example --><p>x</p>",
        "<script>let who = 'bob@acme.example'</script>",
        "<input name=who value='bob@acme.example'>",
        "<textarea>bob@acme.example</textarea>",
        "<p onclick='go(\"bob@acme.example\")' data-who='bob@acme.example'>x</p>",
        "<bob@acme.example>",
        "<p>\"bob\"@acme.example</p>",
        "<p bob@acme.example>x</p>",
    ] {
        let shown = redacted(page).to_lowercase();
        assert!(!shown.contains("acme"), "{page}\n{shown}");
    }
}

#[test]
fn what_opens_a_door_goes() {
    let page = "<html><head><meta name='csrf' content='s3cr3t'><title>Team</title></head><body onload='a()'>\
        <form action='/invite?token=s3cr3t#s3cr3t' method='post'><input type=hidden name=csrf value=s3cr3t>\
        <input type=submit value='Invite'><input type=password value=s3cr3t></form>\
        <a href='https://v.example/join/eyJhbGciOiJIUzI1NiIs0123'>join</a>\
        <p>key aB3dE5fG7hI9jK1lM3nO5p</p><iframe srcdoc='s3cr3t'>s3cr3t</iframe></body></html>";
    let shown = redacted(page);
    assert_eq!(
        shown,
        "<html><head><title>Team</title></head><body><form action=\"/invite\" method=\"post\">\
         <input type=\"hidden\" name=\"csrf\"><input type=\"submit\" value=\"Invite\"><input type=\"password\"></form>\
         <a href=\"https://v.example/join/(token)\">join</a><p>key (token)</p></body></html>"
    );
}

#[test]
fn redacting_twice_changes_nothing_more() {
    let page = "<p>a &amp;#64; b &copy; bob@acme.example <i>x</i></p>";
    let once = redacted(page);
    assert_eq!(redacted(&once), once);
}

/// One address in every way in which a page may write it.
fn written(address: &str, way: usize) -> String {
    let entity = |base: fn(u32) -> String| address.chars().map(|c| base(c as u32)).collect::<String>();
    match way % 7 {
        0 => address.to_owned(),
        1 => entity(|c| format!("&#{c};")),
        2 => entity(|c| format!("&#x{c:X};")),
        3 => address.replace('@', "<b>@</b>"),
        4 => address.chars().map(|c| format!("{c}<wbr>")).collect(),
        5 => address.replace('@', "\u{200d}@\u{feff}"),
        _ => address.replace('@', "&commat;").replace('.', "&period;"),
    }
}

/// What a person would read of it.
fn read(page: &str) -> String {
    let texts = tokens(page).into_iter().map(|token| match token {
        Token::Text(text) => text,
        Token::Open { attributes, .. } => {
            attributes.into_iter().map(|(_, value)| format!(" {value} ")).collect()
        }
        Token::Close(_) => String::new(),
    });
    texts.collect::<String>().to_lowercase()
}

proptest! {
    #[test]
    fn no_other_address_survives(
        local in "[a-z][a-z0-9.+_-]{0,12}[a-z0-9]",
        domain in "[a-z]{1,8}(\\.[a-z]{2,6}){1,2}",
        way in 0..7_usize,
        before in "[ a-z<>&;:,.=\"'()/-]{0,12}",
        after in "[ <>&;:,=\"')/]?[ a-z<>&;:,.]{0,12}",
        place in 0..5_usize,
    ) {
        let address = format!("{local}@{domain}");
        prop_assume!(address != KEPT_ADDRESS);
        let page = match place {
            0 => format!("<p>{before} {} {after}</p>", written(&address, way)),
            1 => format!("<td title='{}'>{before}</td>", written(&address, way % 3)),
            2 => format!("<a href=\"/u/{address}?{after}\">x</a>"),
            3 => format!("{before}<!--{address}--><div onclick='{address}'>{address}</div>"),
            _ => format!("<li>{}</li><li>{before}</li>", written(&address, way)),
        };
        let shown = redacted(&page);
        prop_assert!(!read(&shown).contains(&address), "{page}\n{shown}");
        prop_assert!(!shown.contains(&address), "{page}\n{shown}");
    }
}
