//! Which network addresses are outside.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is not to be reached from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inside {
    /// This machine, or a network of the operator's own: reached only where the operator allowed exactly that origin.
    Own,
    /// Link-local (metadata of clouds among it), multicast, unspecified, reserved, or another address in disguise: never reached.
    Never,
}

/// Networks of IPv4 that are not outside.
const V4: &[(Ipv4Addr, u32, Inside)] = &[
    (Ipv4Addr::UNSPECIFIED, 8, Inside::Never),
    (Ipv4Addr::new(10, 0, 0, 0), 8, Inside::Own),
    // Shared between a provider and its customers; metadata of one cloud among it.
    (Ipv4Addr::new(100, 64, 0, 0), 10, Inside::Never),
    (Ipv4Addr::new(127, 0, 0, 0), 8, Inside::Own),
    (Ipv4Addr::new(169, 254, 0, 0), 16, Inside::Never),
    // Metadata of a cloud, in a public network.
    (Ipv4Addr::new(168, 63, 129, 16), 32, Inside::Never),
    (Ipv4Addr::new(172, 16, 0, 0), 12, Inside::Own),
    (Ipv4Addr::new(192, 0, 0, 0), 24, Inside::Never),
    (Ipv4Addr::new(192, 0, 2, 0), 24, Inside::Never),
    (Ipv4Addr::new(192, 88, 99, 0), 24, Inside::Never),
    (Ipv4Addr::new(192, 168, 0, 0), 16, Inside::Own),
    (Ipv4Addr::new(198, 18, 0, 0), 15, Inside::Never),
    (Ipv4Addr::new(198, 51, 100, 0), 24, Inside::Never),
    (Ipv4Addr::new(203, 0, 113, 0), 24, Inside::Never),
    // Multicast, reserved, broadcast.
    (Ipv4Addr::new(224, 0, 0, 0), 3, Inside::Never),
];

/// Networks of IPv6 that are not outside, though they lie in what is handed out to the public.
const V6: &[(Ipv6Addr, u32)] = &[
    // Teredo and the like: other addresses in disguise.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    // 6to4.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Why an address is not outside; `None`: it is.
pub(super) fn inside(address: IpAddr) -> Option<Inside> {
    match address {
        IpAddr::V4(address) => {
            let within = |&&(network, bits, _): &&(Ipv4Addr, u32, Inside)| {
                u32::from(address) >> (32 - bits) == u32::from(network) >> (32 - bits)
            };
            V4.iter().find(within).map(|(_, _, inside)| *inside)
        }
        IpAddr::V6(address) => inside_v6(address),
    }
}

/// Only 2000::/3 is handed out to the public: what embeds an IPv4 address, unique local and link-local addresses lie elsewhere.
fn inside_v6(address: Ipv6Addr) -> Option<Inside> {
    if address == Ipv6Addr::LOCALHOST {
        return Some(Inside::Own);
    }
    let within =
        |network: Ipv6Addr, bits: u32| u128::from(address) >> (128 - bits) == u128::from(network) >> (128 - bits);
    // The metadata service of a cloud lies among them.
    if within(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0), 32) {
        return Some(Inside::Never);
    }
    if within(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7) {
        return Some(Inside::Own);
    }
    let public = within(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
    let special = V6.iter().any(|(network, bits)| within(*network, *bits));
    (!public || special).then_some(Inside::Never)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER: &str = "
        0.0.0.0 0.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255 169.254.0.0 169.254.169.254
        169.254.255.255 168.63.129.16 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.0 198.19.255.255 198.51.100.7
        203.0.113.255 224.0.0.1 239.255.255.255 240.0.0.0 255.255.255.255 :: ::ffff:127.0.0.1 ::ffff:8.8.8.8
        ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1 2001:1ff:ffff:: 2001:db8::1 2002:7f00:1:: 3fff::1
        4000:: fe80::1 febf::1 fec0::1 ff02::1 fd00:ec2::254
    ";
    const OWN: &str = "
        10.0.0.0 10.255.255.255 127.0.0.1 127.255.255.255 172.16.0.0 172.31.255.255 192.168.0.0 192.168.255.255 ::1
        fc00:: fdff:ffff::1
    ";
    const OUTSIDE: &str = "
        1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.15
        168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0
        192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255 2000:: 2001:200::1 2606:4700::1111
        2a00:1450::1 3ffe::1
    ";

    fn of(text: &str) -> Option<Inside> {
        inside(text.parse().unwrap())
    }

    #[test]
    fn w05_every_network_at_both_its_ends() {
        for never in NEVER.split_whitespace() {
            assert_eq!(of(never), Some(Inside::Never), "{never}");
        }
        for own in OWN.split_whitespace() {
            assert_eq!(of(own), Some(Inside::Own), "{own}");
        }
        for outside in OUTSIDE.split_whitespace() {
            assert_eq!(of(outside), None, "{outside}");
        }
    }
}
