//! Chooses what a scene shows by the words of its prompt.

/// Where it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Sea,
    City,
    Forest,
    Mountains,
    Desert,
    Snow,
    Meadow,
    Space,
    Campfire,
    Abstract,
}

/// When it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Time {
    Day,
    Sunrise,
    Sunset,
    Night,
}

/// What falls from the sky.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Weather {
    Rain,
    Snow,
}

/// Who or what moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Subject {
    Person,
    Animal(Animal),
    Birds,
    Boat,
    Car,
    Rocket,
    Balloon,
}

/// The animals, which differ in size, neck, ears and tail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Animal {
    Cat,
    Dog,
    Fox,
    Deer,
    Horse,
}

/// What a prompt asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Choice {
    pub(super) place: Place,
    pub(super) time: Time,
    pub(super) weather: Option<Weather>,
    pub(super) subject: Option<Subject>,
    /// The color of the subject, as `0xRRGGBB`.
    pub(super) accent: Option<u32>,
}

/// What words, in the singular, stand for.
type Words<T> = &'static [(T, &'static str)];

const PLACES: Words<Place> = &[
    (
        Place::Sea,
        "sea ocean wave lake river water beach coast harbor harbour island surf underwater",
    ),
    (
        Place::City,
        "city street neon skyline tokyo paris york london downtown building skyscraper alley traffic town cyberpunk",
    ),
    (Place::Forest, "forest tree wood jungle pine woodland leaf autumn garden"),
    (Place::Mountains, "mountain alp peak valley cliff canyon summit hill volcano"),
    (Place::Desert, "desert dune sand sahara cactus camel"),
    (Place::Snow, "snow snowy winter ice arctic glacier polar snowfall blizzard"),
    (
        Place::Space,
        "space planet galaxy star cosmos nebula universe asteroid mars saturn orbit spaceship",
    ),
    (Place::Meadow, "meadow field grass farm park flower countryside lawn path"),
    (Place::Campfire, "fire campfire flame bonfire ember candle"),
    (Place::Abstract, "abstract pattern gradient liquid fractal"),
];

const TIMES: Words<Time> = &[
    (Time::Sunrise, "sunrise dawn morning"),
    (Time::Sunset, "sunset dusk evening golden twilight"),
    (Time::Night, "night midnight moon moonlight moonlit neon starry dark aurora cyberpunk"),
    (Time::Day, "day noon daylight sunny blue bright"),
];

const WEATHERS: Words<Weather> = &[
    (Weather::Rain, "rain rainy storm thunderstorm drizzle wet"),
    (Weather::Snow, "snow snowy snowfall blizzard snowflake winter"),
];

const SUBJECTS: Words<Subject> = &[
    (Subject::Boat, "boat ship sailboat sail yacht canoe"),
    (Subject::Car, "car taxi truck drive driving vehicle bus"),
    (Subject::Rocket, "rocket spaceship spacecraft shuttle"),
    (Subject::Balloon, "balloon"),
    (Subject::Birds, "bird seagull gull eagle crow flock owl"),
    (Subject::Animal(Animal::Cat), "cat kitten tiger lion panther leopard"),
    (Subject::Animal(Animal::Dog), "dog puppy corgi retriever bear"),
    (Subject::Animal(Animal::Fox), "fox wolf coyote"),
    (Subject::Animal(Animal::Deer), "deer stag elk reindeer moose"),
    (Subject::Animal(Animal::Horse), "horse pony camel unicorn donkey"),
    (
        Subject::Person,
        "person man woman girl boy child people walker hiker runner robot astronaut dancer knight traveler samurai",
    ),
];

const COLORS: Words<u32> = &[
    (0xd8_43_3c, "red crimson scarlet"),
    (0x3b_7d_dd, "blue azure"),
    (0x3f_9d_5b, "green emerald"),
    (0xf2_b7_3a, "yellow gold golden"),
    (0xef_8a_3a, "orange amber copper"),
    (0x8a_5b_d1, "purple violet"),
    (0xe8_7f_b0, "pink magenta"),
    (0xf4_f1_ea, "white silver paper"),
    (0x23_26_30, "black"),
    (0x8a_5a_3b, "brown wooden"),
];

impl Choice {
    pub(super) fn of(prompt: &str) -> Self {
        let lower = prompt.to_lowercase();
        let words: Vec<&str> = lower
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let subject = first(&words, SUBJECTS);
        let place = first(&words, PLACES);
        let weather = first(&words, WEATHERS);
        let place = match (place, subject) {
            (Some(Place::Snow), Some(Subject::Boat)) | (None, Some(Subject::Boat)) => Place::Sea,
            (Some(place), _) => place,
            (None, Some(Subject::Car)) => Place::City,
            (None, Some(Subject::Rocket)) => Place::Space,
            (None, Some(Subject::Balloon | Subject::Birds)) => Place::Mountains,
            (None, Some(_)) => Place::Meadow,
            (None, None) if weather == Some(Weather::Rain) => Place::City,
            (None, None) if first(&words, TIMES).is_some() => Place::Mountains,
            (None, None) => Place::Abstract,
        };
        let time = first(&words, TIMES).unwrap_or(match place {
            Place::City | Place::Space | Place::Campfire => Time::Night,
            _ => Time::Day,
        });
        Self { place, time, weather, subject, accent: first(&words, COLORS) }
    }
}

/// The meaning of the first word that has one.
fn first<T: Copy>(words: &[&str], meanings: Words<T>) -> Option<T> {
    words.iter().find_map(|word| {
        let means = |(_, list): &&(T, &str)| list.split(' ').any(|each| is_form_of(word, each));
        meanings.iter().find(means).map(|(meaning, _)| *meaning)
    })
}

/// Whether a word is another or its plural.
fn is_form_of(word: &str, singular: &str) -> bool {
    word.strip_prefix(singular).is_some_and(|rest| matches!(rest, "" | "s" | "es"))
}

#[cfg(test)]
mod tests {
    use super::{Animal, Choice, Place, Subject, Time, Weather};

    #[test]
    fn the_words_of_a_prompt_choose_place_time_weather_and_subject() {
        for (prompt, place, time, weather, subject) in [
            (
                "Paper boats on a calm lake at dawn",
                Place::Sea,
                Time::Sunrise,
                None,
                Some(Subject::Boat),
            ),
            ("Neon streets in the RAIN", Place::City, Time::Night, Some(Weather::Rain), None),
            (
                "a fox in falling snow",
                Place::Snow,
                Time::Day,
                Some(Weather::Snow),
                Some(Subject::Animal(Animal::Fox)),
            ),
            ("A rocket", Place::Space, Time::Night, None, Some(Subject::Rocket)),
            ("a carpet", Place::Abstract, Time::Day, None, None),
            ("", Place::Abstract, Time::Day, None, None),
        ] {
            let choice = Choice::of(prompt);
            assert_eq!(
                (choice.place, choice.time, choice.weather, choice.subject),
                (place, time, weather, subject),
                "{prompt}"
            );
        }
    }
}
