// Which URLs may be fetched.
import assert from "node:assert/strict";
import { test } from "node:test";
import ipaddr from "ipaddr.js";
import { createFilmgate } from "../../pkg/dist/index.js";
import { isPublicHost } from "../../pkg/dist/core/core.js";
import { publicUrl } from "../../worker/src/public-fetch.ts";
import { chance } from "../random.mjs";

const TRUSTED = new Set(["http://127.0.0.1:8787"]);
const isAllowed = (address) => publicUrl(address, TRUSTED) !== undefined;

test("public hosts are allowed, by name and by number", () => {
  for (const address of [
    "https://videos.example.com/a.mp4?token=1",
    "http://example.com:8080/",
    "https://93.184.215.14/",
    "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
    "https://example.com./",
  ]) {
    assert.ok(isAllowed(address), address);
  }
});

test("private hosts are not, however they are written", () => {
  for (const host of [
    ...["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0", "0.0.0.0"],
    ...["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"],
    ...["100.64.0.1", "198.18.0.1", "192.0.2.1", "203.0.113.9", "224.0.0.1", "255.255.255.255"],
    ...["[::]", "[::1]", "[fe80::1]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]"],
    ...["[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]"],
    ...["[2002:7f00:1::]", "[2001:db8::1]"],
    ...["localhost", "LOCALHOST", "localhost.", "a.localhost", "router", "nas.local"],
    ...["metadata.google.internal", "printer.lan", "x.home.arpa", "１２７.0.0.1", "ⓛocalhost"],
  ]) {
    assert.ok(!isAllowed(`http://${host}/`), host);
  }
});

test("other schemes, credentials and invalid URLs are not", () => {
  for (const address of [
    "ftp://example.com/",
    "file:///etc/passwd",
    "data:video/mp4;base64,AAAA",
    "javascript:alert(1)",
    "https://user@example.com/",
    "https://:secret@example.com/",
    "//example.com/",
    "example.com",
    "",
  ]) {
    assert.ok(!isAllowed(address), address);
  }
});

test("a trusted origin may be private, and only that one", () => {
  assert.ok(isAllowed("http://127.0.0.1:8787/control"));
  assert.ok(!isAllowed("http://127.0.0.1:8788/"));
  assert.ok(!isAllowed("https://127.0.0.1:8787/"));
  assert.ok(!isAllowed("http://user@127.0.0.1:8787/"));
});

/** As a library that knows all registries has it; of IPv6 only what is given out. */
function isPublicToOthers(host) {
  const ip = ipaddr.parse(host);
  return ip.range() === "unicast" && (ip.kind() === "ipv4" || ip.match(ipaddr.parseCIDR("2000::/3")));
}
const urlHost = (ip) => (ip.includes(":") ? `[${ip}]` : ip);
const hostOf = (ip) => new URL(`http://${ip.includes(":") ? `[${ip}]` : ip}/`).hostname.replace(/[[\]]/g, "");

test("each network of IPv4, and the ends of each, are as others have them", () => {
  const ends = ["0.0", "255.255"];
  const within = ["0.1", "2.7", "99.3", "100.9", "113.5", "196.1", "48.8"];
  // Here networks smaller than /16 are distinguished.
  const divided = new Set([192, 198, 203]);
  for (let high = 0; high < 65_536; high += 1) {
    for (const rest of divided.has(high >> 8) ? [...ends, ...within] : ends) {
      const host = `${high >> 8}.${high & 255}.${rest}`;
      assert.equal(isPublicHost(urlHost(host)), isPublicToOthers(host), host);
    }
  }
});

test("IPv6 networks are never more public than in other lists, and mostly as public", () => {
  let differ = 0;
  const random = chance(1);
  const group = () => Math.floor(random() * 65_536).toString(16);
  for (const first of ["2000", "2001", "2002", "2003", "2600", "2a00", "3ffe", "3fff", "64", "fe80", "fd00"]) {
    for (let count = 0; count < 3000; count += 1) {
      const rest = [group(), "db8", "0", "1", "20"][count % 5];
      const host = hostOf(`${first}:${rest}:${count % 2 ? group() : "0"}::${group()}`);
      if (isPublicHost(urlHost(host))) assert.ok(isPublicToOthers(host), host);
      else if (isPublicToOthers(host)) differ += 1;
    }
  }
  assert.ok(differ < 33_000 / 10, `${differ} differ`);
});

test("a name that looks like a number in part is a name", () => {
  for (const name of ["example.com", "a1.b2", "1.example", "10.example.com"]) assert.ok(isPublicHost(name), name);
});

test("the client's validation and the gateway agree on every probe", () => {
  const client = createFilmgate();
  const hosts = [
    ...["a.private", "a.localdomain", "a.corp", "a.test", "a.onion", "example.com", "localhost.example.com"],
    ...["192.88.99.1", "192.31.196.9", "192.52.193.1", "192.175.48.2", "10.0.0.1", "8.8.8.8", "93.184.215.14"],
    ...["[2001::1]", "[2001:2::1]", "[3fff::1]", "[2002:808:808::1]", "[2606:4700::1111]", "[::ffff:8.8.8.8]"],
  ];
  for (const host of hosts) {
    const { issues } = client.validate({ model: "sora-2", prompt: "A fox", image: `https://${host}/a.png` });
    assert.equal(!issues.some(({ code }) => code === "private_host"), isAllowed(`https://${host}/a.png`), host);
  }
});
