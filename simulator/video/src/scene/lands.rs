//! The layers of each place on earth, from the farthest to the nearest.

use super::layer::{Detail, Layer, add_tree, hills, peaks, waves};
use super::light::Light;
use super::words::Place;
use crate::canvas::{Color, PX, Paint};

/// The part of the picture that is drawn on, and what chooses its details.
pub(super) struct Ground<'a> {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) light: Light,
    pub(super) is_dark: bool,
    pub(super) rng: &'a mut fastrand::Rng,
}

/// The layers of a place. The last one passes in front of the subject.
pub(super) fn layers(place: Place, ground: &mut Ground<'_>) -> Vec<Layer> {
    match place {
        Place::Sea => ground.sea(),
        Place::City => ground.city(),
        Place::Desert => ground.desert(),
        Place::Snow => ground.snow(),
        Place::Forest => ground.forest(),
        Place::Mountains => ground.mountains(),
        Place::Meadow => ground.meadow(),
        Place::Campfire => ground.clearing(),
        Place::Space | Place::Abstract => Vec::new(),
    }
}

impl Ground<'_> {
    fn row(&self, percent: i32) -> i32 {
        self.height * percent / 100
    }

    /// The length after which a layer repeats.
    fn period(&self) -> i32 {
        (self.width * 5 / 4 + 15) / 16 * 16
    }

    /// A color, and a darker one at the picture's bottom.
    fn paint(&self, color: u32, distance: i32, top: i32) -> Paint {
        let color = self.light.on(Color::rgb(color), distance);
        let low = color.mix(Color::rgb(0x05_08_12), 70 - distance / 5);
        let high = color.mix(self.light.sky[2], 30);
        Paint::gradient((top, high), (self.height, low))
    }

    fn hills(&mut self, color: u32, distance: i32, top: i32, swing: i32, speed: i32) -> Layer {
        let (period, base, swing) = (self.period(), self.row(top), self.row(swing));
        let tops = hills(self.rng, period, base, swing);
        Layer::new(tops, self.paint(color, distance, base - swing), speed)
    }

    fn peaks(&mut self, color: u32, distance: i32, base: i32, swing: i32) -> Layer {
        let (period, base, swing) = (self.period(), self.row(base), self.row(swing));
        let tops = peaks(self.rng, period, base, swing);
        Layer::new(tops, self.paint(color, distance, base - swing), 0)
    }

    /// Puts conifers on a layer, `gap` pixels apart on average.
    fn plant(&mut self, layer: &mut Layer, gap: i32, smallest: i32, largest: i32) {
        let period = layer.tops.len() as i32;
        let heights = (self.row(smallest), self.row(largest));
        let ground = layer.tops.clone();
        let mut x = self.rng.i32(0..gap);
        let mut tops = ground.clone();
        while x < period {
            let mut with_tree = ground.clone();
            add_tree(&mut with_tree, x, self.rng.i32(heights.0..=heights.1));
            for (top, other) in tops.iter_mut().zip(&with_tree) {
                *top = (*top).min(*other);
            }
            x += self.rng.i32(gap / 2..=gap * 3 / 2);
        }
        layer.tops = tops;
    }

    fn sea(&mut self) -> Vec<Layer> {
        let period = self.period();
        let horizon = self.row(56);
        let deep = self.rng.choice([0x0f_4c_75, 0x12_5e_72, 0x1b_3f_7a]).unwrap_or(0x0f_4c_75);
        let near_sky = self.light.on(Color::rgb(deep), 150);
        let water = Paint::gradient(
            (horizon, near_sky),
            (self.height, self.light.on(Color::rgb(deep), 30)),
        );
        let mut all = Vec::new();
        if self.rng.bool() {
            all.push(self.peaks(0x3d_55_77, 140, 57, 14));
        }
        all.push(Layer::new(vec![horizon * PX; 16], water, 0));
        for (top, height, cycles, speed, distance) in
            [(66, 5, 14, -1, 90), (74, 8, 9, 2, 45), (86, 11, 6, -3, 0)]
        {
            let base = self.row(top);
            let tops = waves(period, base, height * self.height / 360, cycles);
            let layer = Layer::new(tops, self.paint(deep, distance, base), speed);
            let foam = self.light.on(Color::rgb(0xe8_f6_fa), 30 + distance);
            let foam = foam.mix(self.light.on(Color::rgb(deep), 0), 110);
            all.push(layer.with_border(foam, 2 * PX));
        }
        all
    }

    fn mountains(&mut self) -> Vec<Layer> {
        let rock = self.rng.choice([0x3f_5a_82, 0x4a_4f_7c, 0x3f_6a_78]).unwrap_or(0x3f_5a_82);
        let snow = self.light.on(Color::rgb(0xff_ff_ff), 50);
        let far = self.peaks(rock, 165, 58, 34).with_snow(snow, self.row(44));
        let middle = self.peaks(rock, 90, 70, 24);
        let mut slope = self.hills(0x27_5a_4c, 40, 78, 12, 1);
        self.plant(&mut slope, 26, 6, 12);
        let mut front = self.hills(0x15_3b_37, 0, 94, 5, 3);
        self.plant(&mut front, 90, 14, 24);
        vec![far, middle, slope, front]
    }

    fn forest(&mut self) -> Vec<Layer> {
        let leaf = self.rng.choice([0x1f_5b_45, 0x2b_62_3d, 0x1d_54_52]).unwrap_or(0x1f_5b_45);
        let far = self.peaks(0x4f_6e_86, 170, 56, 20);
        let mut all = vec![far];
        for (distance, top, gap, trees, speed) in
            [(130, 58, 15, (12, 20), 0), (70, 70, 26, (18, 30), 1), (25, 82, 60, (24, 46), 2)]
        {
            let mut layer = self.hills(leaf, distance, top, 6, speed);
            self.plant(&mut layer, gap, trees.0, trees.1);
            all.push(layer);
        }
        all.push(self.hills(0x12_36_2d, 0, 93, 5, 4));
        all
    }

    fn meadow(&mut self) -> Vec<Layer> {
        let grass = self.rng.choice([0x5a_9a_4a, 0x7a_a8_3f, 0x4f_94_62]).unwrap_or(0x5a_9a_4a);
        let far = self.peaks(0x5f_82_9e, 170, 58, 18);
        let mut wood = self.hills(0x3f_7a_55, 110, 63, 8, 0);
        self.plant(&mut wood, 18, 4, 8);
        let middle = self.hills(grass, 60, 72, 9, 1);
        let near = self.hills(grass, 20, 83, 5, 2);
        let mut front = self.hills(0x3a_75_3a, 0, 93, 3, 4);
        let colors = [0xf7_d4_5c, 0xf2_f2_ee, 0xe8_7f_90];
        for _ in 0..18 {
            let x = self.rng.i32(0..front.tops.len() as i32);
            let top = front.tops.get(x as usize).map_or(0, |top| top / PX);
            let color = self.rng.choice(colors).unwrap_or(0xff_ff_ff);
            front.details.push(Detail {
                x,
                y: top + self.rng.i32(1..=self.row(4).max(1)),
                width: 4,
                height: 3,
                color: self.light.on(Color::rgb(color), 0),
            });
        }
        vec![far, wood, middle, near, front]
    }

    fn desert(&mut self) -> Vec<Layer> {
        let sand = self.rng.choice([0xd8_95_4d, 0xd9_7f_4a, 0xe0_ae_69]).unwrap_or(0xd8_95_4d);
        let mesa = self.peaks(0xa8_5f_4a, 140, 60, 14);
        vec![
            mesa,
            self.hills(sand, 110, 62, 10, 0),
            self.hills(sand, 60, 70, 14, 1),
            self.hills(sand, 25, 82, 10, 2),
            self.hills(0xa5_62_3c, 0, 93, 6, 4),
        ]
    }

    fn snow(&mut self) -> Vec<Layer> {
        let snow = self.light.on(Color::rgb(0xff_ff_ff), 30);
        let far = self.peaks(0x7f_98_c0, 130, 57, 28).with_snow(snow, self.row(48));
        let mut wood = self.hills(0x5d_7c_98, 90, 66, 6, 0);
        self.plant(&mut wood, 17, 8, 15);
        let middle = self.hills(0xd3_e2_f2, 60, 72, 7, 1);
        let mut trees = self.hills(0x3a_5a_70, 20, 86, 5, 2);
        self.plant(&mut trees, 120, 18, 36);
        let drift = self.hills(0xe6_f0_fa, 15, 84, 5, 2);
        let front = self.hills(0xf2_f8_ff, 0, 92, 4, 4);
        vec![far, wood, middle, trees, drift, front]
    }

    fn clearing(&mut self) -> Vec<Layer> {
        let far = self.peaks(0x3a_4a_70, 120, 62, 20);
        let mut wood = self.hills(0x1d_3d_44, 60, 68, 4, 0);
        self.plant(&mut wood, 22, 16, 34);
        let mut near = self.hills(0x12_2a_30, 15, 74, 3, 0);
        self.plant(&mut near, 130, 34, 60);
        let mut floor = self.hills(0x2a_2a_2c, 0, 82, 2, 0);
        floor.paint = Paint::gradient(
            (self.row(80), self.light.on(Color::rgb(0x7a_4a_30), 0)),
            (self.height, Color::rgb(0x0c_0d_14)),
        );
        vec![far, wood, near, floor]
    }

    fn city(&mut self) -> Vec<Layer> {
        let wall = self.rng.choice([0x2b_35_5c, 0x33_2d_55, 0x2f_41_57]).unwrap_or(0x2b_35_5c);
        let mut all = vec![
            self.skyline(wall, 150, 64, (10, 46), 0),
            self.skyline(wall, 80, 78, (14, 54), 0),
            self.skyline(wall, 20, 86, (16, 44), 2),
        ];
        let street = self.row(84);
        let asphalt = Paint::gradient(
            (street, self.light.on(Color::rgb(0x4a_50_66), 20)),
            (self.height, self.light.on(Color::rgb(0x23_27_36), 0)),
        );
        let road = Layer::new(vec![street * PX; self.period() as usize], asphalt, 6);
        let mut road = road.with_border(self.light.on(Color::rgb(0x8a_90_a5), 20), 2 * PX);
        for dash in 0..self.period() / 80 {
            road.details.push(Detail {
                x: dash * 80,
                y: self.row(94),
                width: 34,
                height: 3,
                color: self.light.on(Color::rgb(0xe5_dc_b8), 0),
            });
        }
        all.push(road);
        all
    }

    /// A row of buildings, with heights in percent of the picture.
    fn skyline(
        &mut self,
        wall: u32,
        distance: i32,
        foot: i32,
        heights: (i32, i32),
        speed: i32,
    ) -> Layer {
        let period = self.period();
        let (near, foot) = (256 - distance, self.row(foot));
        let mut tops = Vec::new();
        let mut details = Vec::new();
        let shortest = self.height - foot + self.row(heights.0);
        while (tops.len() as i32) < period {
            let width = self.rng.i32(14 + near / 16..=26 + near / 6) / 2 * 2;
            let left = tops.len() as i32;
            let width = width.min(period - left);
            let tall = self.rng.i32(self.row(heights.0)..=self.row(heights.1));
            let top = (foot - tall).max(self.row(8));
            tops.extend(vec![top * PX; width as usize]);
            if self.rng.i32(0..4) == 0 && width > 20 {
                let mast = tops.len() - width as usize / 2;
                for column in tops.iter_mut().skip(mast).take(2) {
                    *column -= self.row(5) * PX;
                }
            }
            self.windows(&mut details, (left, top, width, foot), near);
        }
        let paint = self.paint(wall, distance, self.height - shortest);
        Layer { tops, paint, crest: None, details, speed }
    }

    /// The lit windows of a building, and perhaps a sign.
    fn windows(
        &mut self,
        details: &mut Vec<Detail>,
        (left, top, width, foot): (i32, i32, i32, i32),
        near: i32,
    ) {
        let lit = if self.is_dark { 46 } else { 16 };
        let (wide, tall) = if near > 150 { (4, 6) } else { (2, 4) };
        let glow = self.rng.choice([0xff_d9_8a, 0xff_c4_6b, 0xbf_e3_ff]).unwrap_or(0xff_d9_8a);
        let color = Color::rgb(glow).mix(self.light.sky[2], 200 - near * 200 / 256);
        let color = if self.is_dark { color } else { color.mix(self.light.sky[1], 120) };
        for y in (top + 6..foot - tall).step_by(tall as usize * 2) {
            for x in (left + 4..left + width - wide - 2).step_by(wide as usize * 2 + 2) {
                if self.rng.i32(0..100) < lit {
                    details.push(Detail { x, y, width: wide, height: tall, color });
                }
            }
        }
        if self.is_dark && near > 150 && width > 30 && self.rng.i32(0..3) == 0 {
            let neon = self.rng.choice([0xff_3d_81, 0x2d_e2_e6, 0xb9_67_ff, 0xff_9e_3d]);
            let height = ((foot - top) / 2).min(self.row(14));
            details.push(Detail {
                x: left + 4,
                y: top + self.row(5),
                width: 8,
                height,
                color: Color::rgb(neon.unwrap_or(0xff_3d_81)),
            });
        }
    }
}
