mod build;
mod json;
mod markdown;
mod run;
mod saved;
mod text;
mod waiting;
