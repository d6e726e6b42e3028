// Which addresses from outside may be fetched.
import assert from "node:assert/strict";
import { test } from "node:test";
import { publicAddress } from "../../worker/src/net/addresses.ts";

const TRUSTED = new Set(["http://127.0.0.1:8787"]);
const isAllowed = (address) => publicAddress(address, TRUSTED) !== undefined;

test("public hosts are allowed, by name and by number", () => {
  for (const address of [
    "https://films.example.com/a.mp4?token=1",
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

test("other schemes, credentials and what is no address are not", () => {
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

test("a trusted origin may be private, that one alone", () => {
  assert.ok(isAllowed("http://127.0.0.1:8787/control"));
  assert.ok(!isAllowed("http://127.0.0.1:8788/"));
  assert.ok(!isAllowed("https://127.0.0.1:8787/"));
  assert.ok(!isAllowed("http://user@127.0.0.1:8787/"));
});
