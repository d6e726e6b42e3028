//! Writes bits, and wraps them as NAL units.

/// A sequence of bits, the most significant first.
#[derive(Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl BitWriter {
    /// Appends the lowest `count` bits of a value: at most 32.
    pub(super) fn bits(&mut self, value: u32, count: u32) {
        self.pending = self.pending << count | u64::from(value);
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            self.bytes.push((self.pending >> self.count) as u8);
        }
        self.pending &= (1 << self.count) - 1;
    }

    /// Appends `ue(v)`: an unsigned Exp-Golomb code.
    pub(super) fn unsigned(&mut self, value: u32) {
        let length = (value + 1).ilog2();
        self.bits(0, length);
        self.bits(value + 1, length + 1);
    }

    /// Appends `se(v)`: a signed Exp-Golomb code.
    pub(super) fn signed(&mut self, value: i32) {
        let magnitude = value.unsigned_abs() * 2;
        self.unsigned(if value > 0 { magnitude - 1 } else { magnitude });
    }

    /// Ends the payload with a stop bit, and returns it as a NAL unit with the given first byte.
    pub(super) fn into_nal_unit(mut self, header: u8) -> Vec<u8> {
        self.bits(1, 1);
        let open = self.count.next_multiple_of(8) - self.count;
        self.bits(0, open);
        let mut unit = Vec::with_capacity(self.bytes.len() + 16);
        unit.push(header);
        let mut zeros = 0;
        for byte in self.bytes {
            // Three bytes that look like a start code are broken up by a 3.
            if zeros == 2 && byte <= 3 {
                unit.push(3);
                zeros = 0;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            unit.push(byte);
        }
        unit
    }
}
