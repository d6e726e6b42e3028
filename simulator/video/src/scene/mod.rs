//! Scenes that fit words of a prompt: flat layers of land below a sky, and who or what moves there.
//!
//! They are drawn with whole numbers only, so that every machine draws the same. It may import the
//! canvas and the encoder's motion, and nothing of the providers.

mod lands;
mod layer;
mod light;
mod sky;
mod subjects;
mod unearthly;
mod words;

use lands::Ground;
use layer::Layer;
use light::Light;
use sky::Fall;
use subjects::{Figure, scale_of};
use unearthly::Stars;
use words::{Choice, Place, Subject, Time};

use super::canvas::{Canvas, Color, PX};
use super::h264::Motion;

/// A scene: what does not move, and what does.
pub(super) struct Scene {
    choice: Choice,
    light: Light,
    width: i32,
    height: i32,
    /// The picture of all that does not move.
    still: Canvas,
    moving: Vec<Layer>,
    /// The column of the sun or moon.
    sun_x: i32,
    stars: Option<Stars>,
    fall: Option<Fall>,
}

impl Scene {
    /// The scene of a prompt. `look` chooses colors and outlines; the scene ends at `height`.
    pub(super) fn new(prompt: &str, look: u64, mut still: Canvas, height: i32) -> Self {
        let choice = Choice::of(prompt);
        let mut rng = fastrand::Rng::with_seed(look);
        let light = Light::of(choice.time, &mut rng);
        let width = still.width;
        let is_dark = matches!(choice.time, Time::Night | Time::Sunset);
        let mut ground = Ground { width, height, light, is_dark, rng: &mut rng };
        let mut sun_x = width / 2;
        let mut layers = match choice.place {
            Place::Space => {
                unearthly::draw_space(&mut still, &mut ground);
                Vec::new()
            }
            Place::Abstract => unearthly::ribbons(&mut still, &mut ground),
            place => {
                sun_x = sky::draw(&mut still, &mut ground, choice.time);
                lands::layers(place, &mut ground)
            }
        };
        let stars = (choice.place == Place::Space).then(|| Stars::new(&mut ground));
        let fall = choice.weather.map(|weather| Fall::new(weather, &mut ground));
        let far = layers.iter().take_while(|layer| layer.speed == 0).count();
        let moving = layers.split_off(far);
        for layer in layers {
            layer.draw(&mut still, 0, height);
        }
        Self { choice, light, width, height, still, moving, sun_x, stars, fall }
    }

    /// How parts of the picture move from one picture to the next.
    pub(super) fn motions(&self) -> Vec<Motion> {
        let mut motions = vec![Motion::default()];
        for layer in &self.moving {
            let motion = Motion { x: layer.speed, y: 0 };
            if !motions.contains(&motion) {
                motions.push(motion);
            }
        }
        motions
    }

    /// The picture at a moment.
    pub(super) fn draw(&self, tick: i32) -> Canvas {
        let mut canvas = self.still.clone();
        if let Some(stars) = &self.stars {
            stars.draw(&mut canvas, tick, &Color::rgb(0xff_ff_ff).into());
        }
        if self.choice.place == Place::Sea {
            sky::draw_glints(&mut canvas, self.height, self.sun_x, self.light.sun, tick);
        }
        // The front layer hides the feet and the keel, but not the wheels on a street.
        let is_hidden = self.choice.place != Place::City;
        let behind = self.moving.len() - usize::from(is_hidden && !self.moving.is_empty());
        for layer in self.moving.iter().take(behind) {
            layer.draw(&mut canvas, tick, self.height);
        }
        self.draw_subject(&mut canvas, tick);
        for layer in self.moving.iter().skip(behind) {
            layer.draw(&mut canvas, tick, self.height);
        }
        if self.choice.place == Place::Campfire {
            let size = self.height.min(self.width) * 42 / 100;
            unearthly::draw_fire(&mut canvas, (self.width / 2, self.height * 88 / 100), size, tick);
        }
        if let Some(fall) = &self.fall {
            fall.draw(&mut canvas, tick);
        }
        canvas
    }

    fn draw_subject(&self, canvas: &mut Canvas, tick: i32) {
        let subject = self.choice.subject.or(match self.choice.place {
            Place::Sea => Some(Subject::Boat),
            Place::Space => Some(Subject::Rocket),
            Place::City => Some(Subject::Car),
            Place::Mountains => Some(Subject::Birds),
            _ => None,
        });
        let Some(subject) = subject else {
            return;
        };
        let accent = self.choice.accent.unwrap_or(match subject {
            Subject::Animal(words::Animal::Fox) => 0xd9_6a_2b,
            Subject::Animal(_) => 0x7a_4f_35,
            Subject::Person => 0xc2_4a_3f,
            _ => 0xd8_43_3c,
        });
        let color = self.light.on(Color::rgb(accent), 0).mix(Color::rgb(accent), 140);
        let figure = Figure {
            at: self.place_of(subject, tick),
            scale: scale_of(subject, self.height.min(self.width)),
            color,
            shade: color.mix(Color::rgb(0x14_12_20), 150),
            bright: self.light.on(Color::rgb(0xfd_f3_dc), 0).mix(Color::rgb(0xfd_f3_dc), 120),
        };
        figure.draw(canvas, subject, tick);
    }

    /// Where a subject stands, floats or flies.
    fn place_of(&self, subject: Subject, tick: i32) -> (i32, i32) {
        let at = |x: i32, y: i32| (self.width * PX * x / 100, self.height * PX * y / 100);
        let bob = |height: i32, frames: i32| {
            height * PX * super::canvas::sine(tick * super::canvas::TURN / frames) / 1024
        };
        match subject {
            Subject::Birds => {
                let (x, y) = at(40, 26);
                (x + bob(18, 120), y + bob(5, 36))
            }
            Subject::Balloon => {
                let (x, y) = at(36, 46);
                (x + bob(10, 150), y + bob(7, 72))
            }
            Subject::Rocket => {
                let (x, y) = at(34, 70);
                (x, y + bob(4, 40))
            }
            Subject::Boat => {
                let (x, y) = at(38, 84);
                (x, y + bob(3, 32))
            }
            Subject::Car => at(40, 93),
            Subject::Person | Subject::Animal(_) => at(38, 93),
        }
    }
}
