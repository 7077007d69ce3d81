//! `#[derive(Rows)]`: a struct's fields as rows of a table.

use proc_macro::TokenStream;
use quote::quote;
use syn::{parse_macro_input, Data, DeriveInput, Error};

/// Adds `rows()`, which lists each field's name and value.
#[proc_macro_derive(Rows)]
pub fn derive_rows(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let Data::Struct(data) = &input.data else {
        return Error::new_spanned(&input, "Rows is for structs")
            .to_compile_error()
            .into();
    };
    let name = &input.ident;
    let rows = data
        .fields
        .iter()
        .filter_map(|field| field.ident.as_ref())
        .map(|field| {
            let label = field.to_string().replace('_', " ");
            quote! { (#label, self.#field.to_string()) }
        });
    quote! {
        impl #name {
            pub fn rows(&self) -> Vec<(&'static str, String)> {
                vec![#(#rows),*]
            }
        }
    }
    .into()
}
