//! The documentation of the models matches the rows.

use filmgate::catalog::{MODELS, State};
use filmgate::request::Field;

const PAGE: &str = include_str!("../../docs/models.md");

#[test]
fn the_page_names_every_model_listing_and_field() {
    for model in MODELS.iter() {
        assert!(PAGE.contains(&format!("`{}`", model.id)), "{}", model.id);
        for listing in model.listings.iter() {
            let retired = listing.status.state == State::Retired;
            let told = PAGE.contains(&format!("`{}`", listing.provider_model_id));
            assert!(told || retired, "{}", listing.provider_model_id);
        }
    }
    for field in Field::ALL {
        assert!(PAGE.contains(&format!("`{}`", field.path())), "{}", field.path());
    }
}
