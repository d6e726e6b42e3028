//! Layers of land: outlines that repeat, and move sideways at their own speed.

use crate::canvas::{Canvas, Color, PX, Paint, Point, TURN, sine};

/// Something on a layer, in pixels from the layer's left end.
pub(super) struct Detail {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) color: Color,
}

/// A layer, from its outline down.
pub(super) struct Layer {
    /// The outline's height of each column, in units from the picture's top.
    pub(super) tops: Vec<i32>,
    pub(super) paint: Paint,
    /// The color between the outline and a lower one: foam, or snow on peaks.
    pub(super) crest: Option<(Color, Vec<i32>)>,
    pub(super) details: Vec<Detail>,
    /// Pixels to the left in each picture.
    pub(super) speed: i32,
}

impl Layer {
    pub(super) fn new(tops: Vec<i32>, paint: impl Into<Paint>, speed: i32) -> Self {
        Self { tops, paint: paint.into(), crest: None, details: Vec::new(), speed }
    }

    /// Gives the outline a border of even thickness, in units.
    pub(super) fn with_border(self, color: Color, thickness: i32) -> Self {
        let lower = self.tops.iter().map(|top| top + thickness).collect();
        Self { crest: Some((color, lower)), ..self }
    }

    /// Covers what is above a row with snow.
    pub(super) fn with_snow(self, color: Color, line: i32) -> Self {
        let jagged = |(x, top): (usize, &i32)| {
            let tooth = (x as i32 % 24 - 12).abs() * PX / 2;
            top + ((line * PX - top) * 5 / 8 - tooth).max(0)
        };
        let lower = self.tops.iter().enumerate().map(jagged).collect();
        Self { crest: Some((color, lower)), ..self }
    }

    /// Draws the layer down to a row.
    pub(super) fn draw(&self, canvas: &mut Canvas, tick: i32, bottom: i32) {
        let shift = self.speed * tick;
        if let Some((color, lower)) = &self.crest {
            canvas.fill_below(&self.tops, shift, bottom, &(*color).into());
            canvas.fill_below(lower, shift, bottom, &self.paint);
        } else {
            canvas.fill_below(&self.tops, shift, bottom, &self.paint);
        }
        let period = self.tops.len() as i32;
        for detail in &self.details {
            // A detail that leaves at one side comes back at the other.
            let x = (detail.x - shift + detail.width).rem_euclid(period) - detail.width;
            let height = detail.height.min(bottom - detail.y);
            canvas.fill_rectangle(x, detail.y, detail.width, height, &detail.color.into());
        }
    }
}

/// Smooth hills around a row: `swing` and `base` are in pixels.
pub(super) fn hills(rng: &mut fastrand::Rng, period: i32, base: i32, swing: i32) -> Vec<i32> {
    let waves: [(i32, i32, i32); 3] = [
        (rng.i32(1..=2), rng.i32(0..TURN), swing * PX / 2),
        (rng.i32(3..=4), rng.i32(0..TURN), swing * PX / 4),
        (rng.i32(6..=9), rng.i32(0..TURN), swing * PX / 10),
    ];
    (0..period)
        .map(|x| {
            let wave = |(cycles, phase, height): &(i32, i32, i32)| {
                height * sine(x * cycles * TURN / period + phase) / 1024
            };
            base * PX + waves.iter().map(wave).sum::<i32>()
        })
        .collect()
}

/// Straight lines between random heights: mountains.
pub(super) fn peaks(rng: &mut fastrand::Rng, period: i32, base: i32, swing: i32) -> Vec<i32> {
    let count = (period / (swing * 3 / 2).max(24)).max(4);
    let corners: Vec<Point> = (0..count * 2)
        .map(|at| {
            let jitter = rng.i32(-period / count / 6..=period / count / 6);
            let x = at * period / count / 2 + if at == 0 { 0 } else { jitter };
            let height = if at % 2 == 0 { rng.i32(-30..=15) } else { rng.i32(45..=100) };
            (x, (base - swing * height / 100) * PX)
        })
        .collect();
    let mut tops = Vec::new();
    for (at, from) in corners.iter().enumerate() {
        let end = (period, corners.first().map_or(0, |corner| corner.1));
        let to = corners.get(at + 1).copied().unwrap_or(end);
        let length = (to.0 - from.0).max(1);
        tops.extend((from.0..to.0).map(|x| from.1 + (to.1 - from.1) * (x - from.0) / length));
    }
    tops
}

/// Raises an outline to a conifer around a column.
pub(super) fn add_tree(tops: &mut [i32], x: i32, height: i32) {
    let period = tops.len() as i32;
    let half = height * 3 / 10;
    let foot = tops.get(x.rem_euclid(period) as usize).copied().unwrap_or(0) + 2 * PX;
    for away in -half..=half {
        // Steeper near the tip, and flat at the lowest twigs.
        let share = away.abs() * 100 / half.max(1);
        let drop = (share * 130 - share * share * 3 / 10) / 100;
        let top = foot - height * PX + drop * height * PX * 92 / 10_000;
        if let Some(column) = tops.get_mut((x + away).rem_euclid(period) as usize) {
            *column = top.min(*column);
        }
    }
}

/// A row of waves: round troughs with pointed crests.
pub(super) fn waves(period: i32, base: i32, height: i32, cycles: i32) -> Vec<i32> {
    (0..period)
        .map(|x| {
            let at = (x * cycles * TURN / 2 / period) % (TURN / 2);
            base * PX + height * PX * sine(at) / 1024
        })
        .collect()
}
