//! Addresses that a provider will call: `http` or `https`, and not on somebody's private network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What is wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Not `http` or `https`: `javascript:`, `file:`, …
    Scheme,
    /// Not an address at all, or one that readers of addresses disagree about.
    Form,
    /// It carries a user name or password.
    Credentials,
    /// The host is private, local or reserved.
    Private,
}

/// An address that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address {
    /// Whether it uses TLS.
    pub secure: bool,
}

/// Checks an address. What browsers and servers read in different ways (backslashes, blanks,
/// percent-encoded or non-ASCII hosts) is refused, since the reader that matters is the provider's.
pub fn check(text: &str, allow_private: bool) -> Result<Address, Fault> {
    let (scheme, rest) = text.split_once(':').ok_or(Fault::Form)?;
    let secure = match scheme.to_ascii_lowercase().as_str() {
        "https" => true,
        "http" => false,
        other if is_scheme(other) => return Err(Fault::Scheme),
        _ => return Err(Fault::Form),
    };
    if text
        .chars()
        .any(|c| c.is_control() || c == ' ' || c == '\\')
    {
        return Err(Fault::Form);
    }
    let rest = rest.strip_prefix("//").ok_or(Fault::Form)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(Fault::Credentials);
    }
    let host = host_of(authority).ok_or(Fault::Form)?;
    match is_private(&host) {
        Some(false) => Ok(Address { secure }),
        Some(true) if allow_private => Ok(Address { secure }),
        Some(true) => Err(Fault::Private),
        None => Err(Fault::Form),
    }
}

/// Whether the text before a colon reads as a scheme, so that it is one we refuse.
pub(super) fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// The host in lower case, without port and brackets.
fn host_of(authority: &str) -> Option<String> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            let port = if after.is_empty() {
                ""
            } else {
                after.strip_prefix(':')?
            };
            // An address of version 6, and nothing else, stands in brackets.
            host.parse::<Ipv6Addr>().ok()?;
            (host, port)
        }
        None => authority.split_once(':').unwrap_or((authority, "")),
    };
    let port_fits = port.is_empty() || port.parse::<u16>().is_ok_and(|_| !port.starts_with('+'));
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
    let fits = port_fits && !host.is_empty() && host.len() < 254 && host.chars().all(plain);
    fits.then(|| host.to_ascii_lowercase())
}

/// Whether a host is private; `None` where it is no host.
fn is_private(host: &str) -> Option<bool> {
    if let Ok(address) = host.parse::<Ipv6Addr>() {
        return Some(!is_public(IpAddr::V6(address)));
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.split('.').fold("", |_, label| label);
    if name.split('.').any(str::is_empty) {
        return None;
    }
    // A host whose last label is a number is read as an IPv4 address, in any of its old spellings.
    if last.chars().all(|c| c.is_ascii_digit()) || last.starts_with("0x") {
        return Some(!is_public(IpAddr::V4(ipv4(name)?)));
    }
    let local = [
        "localhost",
        "localdomain",
        "local",
        "internal",
        "lan",
        "home",
        "intranet",
        "corp",
    ];
    let special = name.ends_with(".home.arpa");
    Some(!name.contains('.') || local.contains(&last) || special)
}

/// An IPv4 address as browsers read it: up to four parts, decimal, octal (`0…`) or hexadecimal
/// (`0x…`), the last one filling what is left.
fn ipv4(name: &str) -> Option<Ipv4Addr> {
    let parts: Vec<u64> = name.split('.').map(number).collect::<Option<_>>()?;
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|part| *part > 255) {
        return None;
    }
    let bits = 32 - 8 * first.len();
    if *last >> bits != 0 {
        return None;
    }
    let high = first.iter().fold(0, |sum, part| sum << 8 | part);
    u32::try_from(high << bits | last).ok().map(Ipv4Addr::from)
}

fn number(part: &str) -> Option<u64> {
    if let Some(hex) = part.strip_prefix("0x") {
        return if hex.is_empty() {
            Some(0)
        } else {
            u64::from_str_radix(hex, 16).ok()
        };
    }
    match part.strip_prefix('0') {
        Some(octal) if !octal.is_empty() => u64::from_str_radix(octal, 8).ok(),
        _ => part.parse().ok(),
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_documentation()
                || a == 0
                || a >= 224
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (b == 18 || b == 19)))
        }
        IpAddr::V6(v6) => {
            let segments = v6.segments();
            let embedded = match segments {
                // Mapped, compatible, and translated addresses are judged by what they carry.
                [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
                | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
                | [0x2002, high, low, ..] => Some((high, low)),
                _ => None,
            };
            if let Some((high, low)) = embedded {
                let v4 = Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
                return is_public(IpAddr::V4(v4));
            }
            // Global unicast, less the block for documents.
            segments[0] >> 13 == 1 && !(segments[0] == 0x2001 && segments[1] == 0xdb8)
        }
    }
}
