//! Who or what moves through a scene: silhouettes of a few lines and polygons.

use super::words::{Animal, Subject};
use crate::canvas::{Canvas, Color, PX, Paint, Point, TURN, sine};

/// A place to draw a subject at, and its size.
pub(super) struct Figure {
    /// The middle of its feet, wheels or keel, in units.
    pub(super) at: Point,
    /// A hundredth of the height of a person, in units.
    pub(super) scale: i32,
    pub(super) color: Color,
    /// For its darker parts.
    pub(super) shade: Color,
    /// For lamps, sails and windows.
    pub(super) bright: Color,
}

/// Pictures of one stride.
const STRIDE_FRAMES: i32 = 14;

impl Figure {
    fn point(&self, x: i32, y: i32) -> Point {
        (self.at.0 + x * self.scale, self.at.1 - y * self.scale)
    }

    fn line(&self, canvas: &mut Canvas, from: Point, to: Point, thickness: i32, color: Color) {
        let (from, to) = (self.point(from.0, from.1), self.point(to.0, to.1));
        canvas.draw_line(from, to, thickness * self.scale, &color.into());
    }

    fn shape(&self, canvas: &mut Canvas, points: &[Point], color: Color) {
        let points: Vec<Point> = points.iter().map(|(x, y)| self.point(*x, *y)).collect();
        canvas.fill_polygon(&points, &color.into(), 256);
    }

    fn disc(&self, canvas: &mut Canvas, at: Point, across: i32, down: i32, color: Color) {
        let radii = (across * self.scale, down * self.scale);
        canvas.fill_ellipse(self.point(at.0, at.1), radii, &color.into(), 256);
    }

    /// Draws a subject at a moment.
    pub(super) fn draw(&self, canvas: &mut Canvas, subject: Subject, tick: i32) {
        match subject {
            Subject::Person => self.person(canvas, tick),
            Subject::Animal(animal) => self.animal(canvas, animal, tick),
            Subject::Birds => self.birds(canvas, tick),
            Subject::Boat => self.boat(canvas, tick),
            Subject::Car => self.car(canvas, tick),
            Subject::Rocket => self.rocket(canvas, tick),
            Subject::Balloon => self.balloon(canvas),
        }
    }

    /// A leg or an arm with a joint: its swing is an angle, its bend another.
    fn limb(&self, canvas: &mut Canvas, from: Point, length: i32, swing: i32, look: (i32, Color)) {
        let half = length / 2;
        let joint = (from.0 + half * sine(swing) / 1024, from.1 - half * cosine(swing) / 1024);
        let bent = swing - 60 - swing / 2;
        let end = (joint.0 + half * sine(bent) / 1024, joint.1 - half * cosine(bent) / 1024);
        self.line(canvas, from, joint, look.0, look.1);
        self.line(canvas, joint, end, look.0 * 4 / 5, look.1);
    }

    fn person(&self, canvas: &mut Canvas, tick: i32) {
        let phase = tick * TURN / STRIDE_FRAMES;
        let swing = 90 * sine(phase) / 1024;
        let bob = 2 * sine(2 * phase) / 1024;
        let (hip, shoulder) = ((0, 48 + bob), (2, 76 + bob));
        self.limb(canvas, shoulder, 34, -swing, (7, self.shade));
        self.limb(canvas, hip, 50, -swing, (10, self.shade));
        self.limb(canvas, hip, 50, swing, (11, self.color));
        let coat = [(-9, 44 + bob), (10, 44 + bob), (9, 80 + bob), (-5, 80 + bob)];
        self.shape(canvas, &coat, self.color);
        self.disc(canvas, (4, 92 + bob), 8, 9, self.color);
        self.limb(canvas, shoulder, 34, swing, (8, self.color.mix(self.bright, 50)));
    }

    fn animal(&self, canvas: &mut Canvas, animal: Animal, tick: i32) {
        let phase = tick * TURN / STRIDE_FRAMES;
        let bob = 2 * sine(2 * phase) / 1024;
        // The height of the back, half the length, the height of the head, and the thickness.
        let (back, half, head, thick) = match animal {
            Animal::Cat => (30, 22, 38, 16),
            Animal::Dog => (36, 24, 50, 21),
            Animal::Fox => (32, 26, 42, 17),
            Animal::Deer => (62, 32, 98, 20),
            Animal::Horse => (68, 38, 100, 25),
        };
        let back = back + bob;
        let leg = (thick / 3).max(4);
        for (x, offset, color) in [
            (-half + 3, 0, self.shade),
            (half - 3, TURN / 2 + 120, self.shade),
            (-half, TURN / 2, self.color),
            (half, 120, self.color),
        ] {
            let swing = 80 * sine(phase + offset) / 1024;
            self.limb(canvas, (x, back), back, swing, (leg, color));
        }
        self.line(canvas, (-half, back), (half, back + 1), thick, self.color);
        let nose = (half + thick, head + bob);
        self.line(canvas, (half, back + 2), nose, thick * 2 / 3, self.color);
        let snout = (nose.0 + thick * 2 / 3, nose.1 - thick / 5);
        self.line(canvas, nose, snout, thick * 2 / 5, self.color);
        for x in [-3, 2] {
            let ear = [
                (nose.0 + x, nose.1),
                (nose.0 + x - 3, nose.1 + thick * 3 / 4),
                (nose.0 + x + 5, nose.1 + 2),
            ];
            self.shape(canvas, &ear, self.color);
        }
        self.tail(canvas, animal, (-half, back + 2), 4 * sine(phase) / 1024);
        if animal == Animal::Deer {
            for side in [-4, 6] {
                let tip = (nose.0 + side - 2, nose.1 + 30);
                self.line(canvas, (nose.0, nose.1 + 5), tip, 3, self.shade);
                let fork = (nose.0 + side / 2, nose.1 + 17);
                self.line(canvas, fork, (fork.0 + 9, fork.1 + 8), 2, self.shade);
            }
        }
    }

    fn tail(&self, canvas: &mut Canvas, animal: Animal, root: Point, wag: i32) {
        match animal {
            Animal::Cat => {
                let middle = (root.0 - 14, root.1 + 8);
                self.line(canvas, root, middle, 4, self.color);
                self.line(canvas, middle, (root.0 - 12 + wag, root.1 + 26), 4, self.color);
            }
            Animal::Dog => {
                self.line(canvas, root, (root.0 - 14, root.1 + 18 + wag), 5, self.color);
            }
            Animal::Fox => {
                let end = (root.0 - 26, root.1 - 4 + wag);
                self.line(canvas, root, end, 11, self.color);
                self.disc(canvas, end, 6, 6, self.bright);
            }
            Animal::Deer => self.line(canvas, root, (root.0 - 5, root.1 - 6), 6, self.bright),
            Animal::Horse => {
                let end = (root.0 - 14 - wag, root.1 - 32);
                self.line(canvas, (root.0 - 4, root.1), end, 8, self.shade);
            }
        }
    }

    fn birds(&self, canvas: &mut Canvas, tick: i32) {
        for (at, (x, y)) in
            [(0, 0), (-46, 16), (-38, -18), (-90, 30), (-84, -30)].iter().enumerate()
        {
            let beat = sine(tick * TURN / 10 + at as i32 * 190);
            let rise = 10 * beat / 1024;
            for side in [-1, 1] {
                let wing = (x + side * 10, y + rise);
                self.line(canvas, (*x, *y), wing, 3, self.shade);
                self.line(canvas, wing, (x + side * 20, y + rise / 3 - 2), 2, self.shade);
            }
            self.disc(canvas, (*x, *y), 5, 3, self.shade);
        }
    }

    /// Points turned by an angle around the subject's foot.
    fn tilted(&self, canvas: &mut Canvas, points: &[Point], angle: i32, color: Color) {
        let (sin, cos) = (sine(angle), cosine(angle));
        let turned: Vec<Point> = points
            .iter()
            .map(|(x, y)| {
                let (x, y) = (x * self.scale, y * self.scale);
                let right = (x * cos + y * sin) / 1024;
                let up = (y * cos - x * sin) / 1024;
                (self.at.0 + right, self.at.1 - up)
            })
            .collect();
        canvas.fill_polygon(&turned, &color.into(), 256);
    }

    fn boat(&self, canvas: &mut Canvas, tick: i32) {
        let angle = 14 * sine(tick * TURN / 48) / 1024;
        let mast = [(-2, 14), (1, 14), (1, 120), (-2, 120)];
        self.tilted(canvas, &mast, angle, self.shade);
        self.tilted(canvas, &[(4, 22), (56, 28), (4, 116)], angle, self.bright);
        let jib = [(-6, 22), (-44, 26), (-6, 104)];
        self.tilted(canvas, &jib, angle, self.bright.mix(self.color, 90));
        self.tilted(canvas, &[(-64, 18), (72, 18), (50, -8), (-48, -8)], angle, self.color);
        self.tilted(canvas, &[(-64, 18), (72, 18), (69, 13), (-61, 13)], angle, self.bright);
    }

    fn car(&self, canvas: &mut Canvas, tick: i32) {
        let bob = (tick / 3) % 2;
        let body = [
            (-88, 14),
            (-88, 34),
            (-76, 42),
            (-44, 46),
            (-22, 66),
            (26, 66),
            (54, 46),
            (84, 40),
            (92, 30),
            (92, 14),
        ];
        let body = body.map(|(x, y)| (x, y + bob));
        self.shape(canvas, &body, self.color);
        let glass = self.bright.mix(self.shade, 120);
        let rear = [(-36, 47), (-18, 61), (0, 61), (0, 47)].map(|(x, y)| (x, y + bob));
        let front = [(5, 47), (5, 61), (24, 61), (44, 47)].map(|(x, y)| (x, y + bob));
        self.shape(canvas, &rear, glass);
        self.shape(canvas, &front, glass);
        let beam = [(92, 32), (180, 44), (180, 2), (92, 24)];
        let beam: Vec<Point> = beam.iter().map(|(x, y)| self.point(*x, *y)).collect();
        canvas.fill_polygon(&beam, &self.bright.into(), 40);
        self.disc(canvas, (87, 30 + bob), 5, 5, self.bright);
        self.disc(canvas, (-86, 32 + bob), 4, 5, Color::rgb(0xff_4a_4a));
        for x in [-52, 52] {
            self.disc(canvas, (x, 14), 17, 17, Color::rgb(0x12_14_1c));
            self.disc(canvas, (x, 14), 9, 9, Color::rgb(0x9a_a0_b0));
            let (sin, cos) = (sine(tick * 150), cosine(tick * 150));
            let spoke = (8 * sin / 1024, 8 * cos / 1024);
            let ends = ((x - spoke.0, 14 - spoke.1), (x + spoke.0, 14 + spoke.1));
            self.line(canvas, ends.0, ends.1, 3, Color::rgb(0x3a_40_50));
        }
    }

    fn rocket(&self, canvas: &mut Canvas, tick: i32) {
        let angle = 110 + 12 * sine(tick * TURN / 60) / 1024;
        let flicker = tick % 5 * 7 % 13;
        let flame = [(-13, 0), (0, -46 - flicker), (13, 0)];
        self.tilted(canvas, &flame, angle, Color::rgb(0xff_8a_2b));
        self.tilted(
            canvas,
            &[(-7, 0), (0, -26 - flicker / 2), (7, 0)],
            angle,
            Color::rgb(0xff_e9_9a),
        );
        for side in [-1, 1] {
            let fin = [(side * 15, 34), (side * 34, -8), (side * 15, 6)];
            self.tilted(canvas, &fin, angle, self.color);
        }
        let hull = [
            (-14, 0),
            (-20, 30),
            (-20, 64),
            (-14, 92),
            (-6, 112),
            (0, 120),
            (6, 112),
            (14, 92),
            (20, 64),
            (20, 30),
            (14, 0),
        ];
        self.tilted(canvas, &hull, angle, self.bright);
        let shadow = [
            (4, 0),
            (8, 30),
            (8, 64),
            (5, 100),
            (0, 120),
            (6, 112),
            (14, 92),
            (20, 64),
            (20, 30),
            (14, 0),
        ];
        self.tilted(canvas, &shadow, angle, self.bright.mix(self.shade, 90));
        let nose = [(-14, 92), (-6, 112), (0, 120), (6, 112), (14, 92)];
        self.tilted(canvas, &nose, angle, self.color);
        for (radius, color) in [(11, self.color), (8, Color::rgb(0x9f_dd_f5))] {
            let circle: Vec<Point> = (0..16)
                .map(|at| at * TURN / 16)
                .map(|at| (radius * cosine(at) / 1024, 70 + radius * sine(at) / 1024))
                .collect();
            self.tilted(canvas, &circle, angle, color);
        }
    }

    fn balloon(&self, canvas: &mut Canvas) {
        for x in [-10, 10] {
            self.line(canvas, (x, 10), (x * 3, 62), 1, self.shade);
        }
        self.shape(canvas, &[(-36, 84), (36, 84), (12, 46), (-12, 46)], self.color);
        self.disc(canvas, (0, 96), 46, 46, self.color);
        self.disc(canvas, (0, 96), 27, 46, self.bright);
        self.disc(canvas, (0, 96), 10, 46, self.color);
        self.shape(canvas, &[(-12, 12), (12, 12), (10, -4), (-10, -4)], self.shade);
    }
}

fn cosine(angle: i32) -> i32 {
    sine(angle + TURN / 4)
}

/// How large a subject is: a hundredth of a person's height, in units, for a picture's height.
pub(super) fn scale_of(subject: Subject, height: i32) -> i32 {
    let percent = match subject {
        Subject::Person => 30,
        Subject::Animal(Animal::Deer | Animal::Horse) => 30,
        Subject::Animal(_) => 38,
        Subject::Birds => 32,
        Subject::Boat => 32,
        Subject::Car => 26,
        Subject::Rocket => 42,
        Subject::Balloon => 34,
    };
    (height * percent * PX / 10_000).max(2)
}

/// The paint of a flame at a row: from yellow at its foot to red at its tip.
pub(super) fn flame_paint(tip: i32, foot: i32) -> Paint {
    Paint::gradient((tip, Color::rgb(0xf0_4a_1d)), (foot, Color::rgb(0xff_d0_5a)))
}
