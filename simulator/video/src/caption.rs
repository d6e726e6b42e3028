//! The prompt as a caption, and the mark that says what made the video.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

use super::canvas::{Canvas, Color};

const FONT: (FontWeight, RasterHeight) = (FontWeight::Regular, RasterHeight::Size20);
const MARK: &str = "simulated by filmgate";
const MAX_LINES: usize = 2;
/// Pixels from one line to the next, and around the text.
const LINE_PX: i32 = 24;
const MARGIN_PX: i32 = 12;
const BAND: Color = Color::rgb(0x10_12_1a);
const TEXT: Color = Color::rgb(0xf4_f2_ec);
const FAINT_TEXT: Color = Color::rgb(0xc4_c8_d4);

/// A prompt's lines.
pub(super) struct Caption {
    lines: Vec<String>,
}

impl Caption {
    /// Wraps a prompt to the width of a picture. Letters that the font lacks are left out.
    pub(super) fn new(prompt: &str, width: i32) -> Self {
        let letter = get_raster_width(FONT.0, FONT.1) as i32;
        let columns = ((width - 2 * MARGIN_PX) / letter).max(8);
        Self { lines: wrap(&shown(prompt), columns as usize) }
    }

    /// The band's height in pixels: none without a text.
    pub(super) fn height(&self) -> i32 {
        match self.lines.len() as i32 {
            0 => 0,
            lines => lines * LINE_PX + 2 * MARGIN_PX,
        }
    }

    /// Draws the band from a row down.
    pub(super) fn draw(&self, canvas: &mut Canvas, top: i32) {
        let height = canvas.height + 16 - top;
        canvas.fill_rectangle(0, top, canvas.width + 16, height, &BAND.into());
        for (at, line) in self.lines.iter().enumerate() {
            let y = top + MARGIN_PX + at as i32 * LINE_PX;
            write(canvas, line, (MARGIN_PX, y), TEXT);
        }
    }
}

/// Draws the mark in a corner.
pub(super) fn draw_mark(canvas: &mut Canvas) {
    let letter = get_raster_width(FONT.0, FONT.1) as i32;
    let width = MARK.len() as i32 * letter;
    let x = canvas.width - width - 2 * MARGIN_PX;
    canvas.fill_rectangle(x - 4, 8, width + 16, 28, &BAND.into());
    write(canvas, MARK, (x + 4, 12), FAINT_TEXT);
}

/// A prompt in letters that the font has, with single spaces.
fn shown(prompt: &str) -> String {
    let letter = |letter: char| match letter {
        '“' | '”' | '„' | '«' | '»' => Some('"'),
        '‘' | '’' | '‚' => Some('\''),
        '–' | '—' | '‑' => Some('-'),
        _ if letter.is_whitespace() => Some(' '),
        _ => get_raster(letter, FONT.0, FONT.1).map(|_| letter),
    };
    let prompt = prompt.replace('…', "...");
    let letters: String = prompt.chars().take(1000).filter_map(letter).collect();
    letters.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Breaks a text into lines at spaces, and within a word that is longer than a line. Too long a
/// text ends in dots.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut rest: Vec<char> = word.chars().collect();
        while !rest.is_empty() {
            let used = lines.last().map_or(columns, |line| line.chars().count() + 1);
            let fits = rest.len() <= columns.saturating_sub(used);
            if let Some(line) = lines.last_mut().filter(|_| fits) {
                line.push(' ');
                line.extend(rest.drain(..));
            } else {
                let part = rest.len().min(columns);
                lines.push(rest.drain(..part).collect());
            }
        }
    }
    if lines.len() > MAX_LINES {
        lines.truncate(MAX_LINES);
        if let Some(last) = lines.last_mut() {
            let kept: String = last.chars().take(columns - 3).collect();
            *last = format!("{}...", kept.trim_end());
        }
    }
    lines
}

/// Writes a line of text from its upper left corner.
fn write(canvas: &mut Canvas, text: &str, (x, y): (i32, i32), color: Color) {
    for (column, letter) in text.chars().enumerate() {
        let Some(raster) = get_raster(letter, FONT.0, FONT.1) else {
            continue;
        };
        let left = x + (column * raster.width()) as i32;
        for (row, shares) in raster.rows().enumerate() {
            for (right, share) in shares.iter().enumerate() {
                if *share > 0 {
                    let at = (left + right as i32, y + row as i32);
                    canvas.blend_pixel(at.0, at.1, color, i32::from(*share) * 256 / 255);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{shown, wrap};

    #[test]
    fn a_long_prompt_has_two_lines_and_dots() {
        assert_eq!(wrap("a paper boat at dawn", 10), ["a paper", "boat at..."]);
        assert_eq!(wrap("a paper boat", 10), ["a paper", "boat"]);
        assert_eq!(wrap("incomprehensibilities", 10), ["incomprehe", "nsibili..."]);
        assert!(wrap("", 10).is_empty());
    }

    #[test]
    fn accents_are_shown_and_letters_without_a_picture_are_left_out() {
        assert_eq!(shown("Ein  Café\nin Łódź — 東京 “neon”…"), "Ein Café in Łódź - \"neon\"...");
        assert_eq!(shown("東京"), "");
    }
}
