//! URLs that a provider will call: which pass, and why others do not.

use crate::common::proptest_config;
use filmgate::request::{CheckedUrl, UrlError, check_url};
use proptest::prelude::*;
use std::net::{Ipv4Addr, Ipv6Addr};

fn fault(url: &str) -> Option<UrlError> {
    check_url(url, false).err()
}

#[track_caller]
fn assert_fault(urls: &[&str], expected: Option<UrlError>) {
    let other: Vec<_> =
        urls.iter().map(|url| (url, fault(url))).filter(|(_, found)| *found != expected).collect();
    assert!(other.is_empty(), "not {expected:?}: {other:?}");
}

#[test]
fn public_urls_pass() {
    let urls = [
        "https://example.com",
        "https://example.com/",
        "https://example.com/a/b.png?x=1&y=a@b:c#d",
        "https://EXAMPLE.com./a",
        "https://a_b.example.co.uk:8443/",
        "https://example.com:/",
        "https://xn--mnchen-3ya.example/ü",
        "https://8.8.8.8/",
        "https://134744072/", // 8.8.8.8
        "https://0x8.8.8.8/",
        "https://172.15.0.1/",
        "https://172.32.0.1/",
        "https://100.63.0.1/",
        "https://100.128.0.1/",
        "https://192.167.0.1/",
        "https://[2606:4700::1111]/",
        "https://[2001:200::1]/",
        "https://[2620:4f:8001::1]/",
        "https://192.88.98.255/",
        "https://localdomain.example.com/",
        "https://[2606:4700::1111]:8443/",
        "https://127.0.0.1.example.com/",
        "https://localhost.example.com/",
        "https://10.example.com/",
        "https://example.com/?u=http://localhost/",
    ];
    assert_fault(&urls, None);
    assert_eq!(check_url("HTTPS://example.com", false), Ok(CheckedUrl { is_secure: true }));
    assert_eq!(check_url("http://example.com", false), Ok(CheckedUrl { is_secure: false }));
}

#[test]
fn other_schemes() {
    let urls = [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "file:///etc/passwd",
        "data:text/html;base64,PGI+",
        "ftp://example.com/",
        "ws://example.com/",
        "blob:https://example.com/1",
        "about:blank",
        "mailto:a@example.com",
        "s3://bucket/key",
    ];
    assert_fault(&urls, Some(UrlError::Scheme));
}

#[test]
fn invalid_urls() {
    let urls = [
        "",
        "example.com/a.png",
        "//example.com/a.png",
        "/a.png",
        "https:",
        "https://",
        "https:///a",
        "https:example.com",
        "https:/example.com",
        " https://example.com",
        "https://exa mple.com",
        "https://example.com/a b",
        "https://example.com\\@evil.com",
        "https://example.com\t",
        "https://example.com/\n",
        "ht\ntps://example.com",
        "https://example..com/",
        "https://.example.com/",
        "https://example.com:port/",
        "https://example.com:99999/",
        "https://example.com:+80/",
        "https://münchen.example/",
        "https://１２７.０.０.１/",
        "https://127。0。0。1/",
        "https://%31%32%37.0.0.1/",
        "https://1.2.3.4.5/",
        "https://256.1.1.1/",
        "https://1.2.3.999/",
        "https://09.1.1.1/",
        "https://4294967296/",
        "https://0xg.1/",
        "https://[::1/",
        "https://[example.com]/",
        "https://[fe80::1%25eth0]/",
        "https://::1/",
        "https://a[::1]/",
        "https://exa<mple.com/",
    ];
    assert_fault(&urls, Some(UrlError::Form));
    assert_fault(&[&format!("https://{}.com/", "a".repeat(255))], Some(UrlError::Form));
}

#[test]
fn credentials() {
    let urls = [
        "https://user:password@example.com/",
        "https://user@example.com/",
        "https://@example.com/",
        "https://example.com@evil.example/",
        "https://user:a@b@example.com/",
    ];
    assert_fault(&urls, Some(UrlError::Credentials));
}

#[test]
fn private_hosts_in_every_spelling() {
    let urls = [
        // Host names.
        "http://localhost/",
        "http://LOCALHOST:8080/",
        "http://localhost./",
        "http://a.localhost/",
        "http://localhost.localdomain/",
        "http://printer/",
        "http://printer.local/",
        "http://printer.local./",
        "http://db.internal/",
        "http://metadata.google.internal/",
        "http://nas.lan/",
        "http://router.home.arpa/",
        "http://wiki.corp/",
        "http://wiki.intranet/",
        "http://a.private/",
        "http://a.test/",
        "http://a.invalid/",
        "http://a.onion/",
        "http://a.home/",
        // 127.0.0.1: dotted, short, decimal, octal, hexadecimal, mixed.
        "http://127.0.0.1/",
        "http://127.0.0.1./",
        "http://127.1/",
        "http://127.0.1/",
        "http://2130706433/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://0177.0.0.01/",
        "http://0x7f000001/",
        "http://0x7F.0.0.1/",
        "http://0x7f.1/",
        "http://127.0x0.0.0x1/",
        "http://0/",
        "http://0.0.0.0/",
        "http://0x/",
        // Private, link-local, shared, reserved, documentation, multicast.
        "http://10.0.0.1/",
        "http://167772161/",
        "http://172.16.0.1/",
        "http://172.31.255.255/",
        "http://192.168.1.1/",
        "http://192.168.257/",
        "http://169.254.169.254/",
        "http://0xa9fea9fe/",
        "http://100.64.0.1/",
        "http://192.0.0.1/",
        "http://192.0.2.1/",
        "http://198.18.0.1/",
        "http://198.51.100.7/",
        "http://203.0.113.7/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        // Version 6.
        "http://[::]/",
        "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::1]:8080/",
        "http://[fe80::1]/",
        "http://[fc00::1]/",
        "http://[fd12:3456::1]/",
        "http://[ff02::1]/",
        "http://[2001:db8::1]/",
        // Version 4 within version 6.
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::10.0.0.1]/",
        "http://[2002:7f00:1::]/",
        "http://[2002:a00:1::1]/",
        "http://[::ffff:8.8.8.8]/",
        "http://[64:ff9b::8.8.8.8]/",
        "http://[2002:808:808::1]/",
        // Blocks that have a special purpose, or had one.
        "http://192.88.99.0/",
        "http://192.31.196.9/",
        "http://192.52.193.1/",
        "http://192.175.48.2/",
        "http://240.0.0.1/",
        "http://[2001::1]/",
        "http://[2001:2::1]/",
        "http://[2620:4f:8000::1]/",
        "http://[3fff::1]/",
        "http://[5f00::1]/",
    ];
    assert_fault(&urls, Some(UrlError::Private));
    for url in urls {
        assert!(check_url(url, true).is_ok(), "allowed for work against a simulator: {url}");
    }
}

#[test]
fn invalid_urls_stay_invalid_if_private_hosts_are_allowed() {
    assert_eq!(check_url("file:///etc/passwd", true), Err(UrlError::Scheme));
    assert_eq!(check_url("http://u:p@localhost/", true), Err(UrlError::Credentials));
    assert_eq!(check_url("http://localhost:port/", true), Err(UrlError::Form));
}

proptest! {
    #![proptest_config(proptest_config(500))]

    #[test]
    fn every_spelling_of_an_address_gets_the_same_result(address: u32) {
        let dotted = Ipv4Addr::from(address);
        let [a, b, c, d] = dotted.octets();
        let expected = fault(&format!("http://{dotted}/"));
        let low = address & 0xffff;
        let spellings = [
            format!("http://{address}/"),
            format!("http://0x{address:X}/"),
            format!("http://0{address:o}/"),
            format!("http://0x{a:x}.0{b:o}.{c}.{d}/"),
            format!("http://{a}.{b}.{low}/"),
            format!("http://{dotted}./"),
        ];
        for spelling in spellings {
            prop_assert_eq!(fault(&spelling), expected, "{}", spelling);
        }
    }

    #[test]
    fn loopback_and_link_local_of_version_6_never_pass(low: u64, prefix in 0xfc00u16..=0xffff) {
        let high = u128::from(prefix) << 112;
        let address = Ipv6Addr::from(high | u128::from(low));
        prop_assert_eq!(fault(&format!("https://[{address}]/")), Some(UrlError::Private));
    }

    #[test]
    fn any_text_is_handled(text in any::<String>(), host in "[0-9a-fx.:\\[\\]@%-]{0,40}") {
        let _ = check_url(&text, false);
        let judged = check_url(&format!("https://{host}/"), false);
        // A URL that passes with private hosts forbidden also passes with them allowed.
        if judged.is_ok() {
            prop_assert_eq!(check_url(&format!("https://{host}/"), true), judged);
        }
    }
}
