//! URLs that a provider fetches or calls: `http` or `https`, and not on a private network.

use std::net::{Ipv4Addr, Ipv6Addr};

/// What is wrong with a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlError {
    /// Not `http` or `https`: `javascript:`, `file:`, …
    Scheme,
    /// Not a URL, or one that URL parsers disagree about.
    Form,
    /// It contains a user name or password.
    Credentials,
    /// The host is private, local or reserved.
    Private,
}

/// A valid URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckedUrl {
    /// Whether it uses TLS.
    pub is_secure: bool,
}

/// Validates a URL. Anything that browsers and servers parse differently (backslashes, spaces,
/// percent-encoded or non-ASCII hosts) is rejected, because the provider's parser is unknown.
pub fn check(text: &str, allow_private: bool) -> Result<CheckedUrl, UrlError> {
    let (scheme, rest) = text.split_once(':').ok_or(UrlError::Form)?;
    let is_secure = match scheme.to_ascii_lowercase().as_str() {
        "https" => true,
        "http" => false,
        other if is_scheme(other) => return Err(UrlError::Scheme),
        _ => return Err(UrlError::Form),
    };
    if text.chars().any(|c| c.is_control() || c == ' ' || c == '\\') {
        return Err(UrlError::Form);
    }
    let rest = rest.strip_prefix("//").ok_or(UrlError::Form)?;
    let authority = rest.split(['/', '?', '#'].as_slice()).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(UrlError::Credentials);
    }
    let host = host_of(authority).ok_or(UrlError::Form)?;
    match is_private(&host) {
        Some(false) => Ok(CheckedUrl { is_secure }),
        Some(true) if allow_private => Ok(CheckedUrl { is_secure }),
        Some(true) => Err(UrlError::Private),
        None => Err(UrlError::Form),
    }
}

/// Whether the text before a colon is a URL scheme.
pub(super) fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

const MAX_PORT: u32 = 65_535;

/// The host in lower case, without port and brackets.
fn host_of(authority: &str) -> Option<String> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            let port = if after.is_empty() { "" } else { after.strip_prefix(':')? };
            // Only an IPv6 address may be in brackets.
            host.parse::<Ipv6Addr>().ok()?;
            (host, port)
        }
        None => authority.split_once(':').unwrap_or((authority, "")),
    };
    let is_port = |number: u32| number <= MAX_PORT && !port.starts_with('+');
    let port_fits = port.is_empty() || port.parse().is_ok_and(is_port);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
    let fits = port_fits && !host.is_empty() && host.len() < 254 && host.chars().all(plain);
    fits.then(|| host.to_ascii_lowercase())
}

/// Whether a host is private; `None` if it is not a host.
fn is_private(host: &str) -> Option<bool> {
    if let Ok(address) = host.parse::<Ipv6Addr>() {
        return Some(is_special_v6(address));
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    if name.split('.').any(str::is_empty) {
        return None;
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    // A host whose last label is a number is read as an IPv4 address, in any of its old spellings.
    if last.chars().all(|c| c.is_ascii_digit()) || last.starts_with("0x") {
        return Some(is_special_v4(ipv4(name)?));
    }
    let is_local = |local: &&str| {
        name.strip_suffix(*local).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    Some(!name.contains('.') || PRIVATE_NAMES.iter().any(is_local))
}

/// Whether the public internet can reach a host: not a private name, and not in a block of IANA's
/// special-purpose address registries. Names are not resolved.
pub fn is_public_host(host: &str) -> bool {
    host_of(host).and_then(|host| is_private(&host)) == Some(false)
}

/// Names that the public DNS does not resolve: IANA's special-use domain names (less those for
/// documentation), `internal` (reserved by ICANN), and names that home and company networks commonly use.
const PRIVATE_NAMES: &[&str] = &[
    "alt",
    "home.arpa",
    "invalid",
    "local",
    "localhost",
    "onion",
    "test",
    "internal",
    "corp",
    "home",
    "intranet",
    "lan",
    "localdomain",
    "private",
];

/// IANA's IPv4 special-purpose address registry, multicast and the reserved block: first address and bits.
const SPECIAL_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 52, 193, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(192, 175, 48, 0), 24),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 3),
];

/// IANA's IPv6 special-purpose address registry within global unicast (`2000::/3`): protocol
/// assignments, AS112, documents and 6to4. First 64 bits, and how many of them count.
const SPECIAL_V6: &[(u64, u32)] = &[
    (0x2001_0000_0000_0000, 23),
    (0x2001_0db8_0000_0000, 32),
    (0x2002_0000_0000_0000, 16),
    (0x2620_004f_8000_0000, 48),
    (0x3fff_0000_0000_0000, 20),
];

fn is_special_v4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    SPECIAL_V4.iter().any(|(first, count)| (bits ^ u32::from(*first)) >> (32 - count) == 0)
}

/// Everything outside global unicast is special: loopback, link-local, unique local, multicast, and the
/// blocks that carry an IPv4 address.
fn is_special_v6(address: Ipv6Addr) -> bool {
    let high = (u128::from(address) >> 64) as u64;
    high >> 61 != 1 || SPECIAL_V6.iter().any(|(first, count)| (high ^ first) >> (64 - count) == 0)
}

/// An IPv4 address as browsers read it: up to four parts, decimal, octal (`0…`) or hexadecimal
/// (`0x…`), the last one filling the rest.
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
        return if hex.is_empty() { Some(0) } else { u64::from_str_radix(hex, 16).ok() };
    }
    match part.strip_prefix('0') {
        Some(octal) if !octal.is_empty() => u64::from_str_radix(octal, 8).ok(),
        _ => part.parse().ok(),
    }
}
