//! Finds versions of packages that fit together, the newest first, going back where they do not.

use std::collections::BTreeMap;

pub type Version = Vec<u32>;
pub type Chosen = BTreeMap<String, Version>;

#[derive(Clone, Debug, PartialEq)]
pub struct Requirement {
    pub name: String,
    /// "flask>=2.0,<4": each part is a comparison and a version.
    bounds: Vec<(String, Version)>,
}

pub struct Release {
    version: Version,
    requirements: Vec<Requirement>,
}

/// By name, the newest release first.
pub type Index = BTreeMap<String, Vec<Release>>;

pub fn version(text: &str) -> Result<Version, String> {
    text.trim().split('.').map(|part| part.parse().map_err(|_| format!("'{text}' is not a version"))).collect()
}

pub fn shown(version: &Version) -> String {
    version.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

pub fn requirement(text: &str) -> Result<Requirement, String> {
    let begin = text.find(['<', '>', '=', '!']).unwrap_or(text.len());
    let mut bounds = Vec::new();
    for part in text[begin..].split(',').filter(|part| !part.trim().is_empty()) {
        let part = part.trim();
        let end = part.find(|letter: char| letter.is_ascii_digit()).unwrap_or(part.len());
        bounds.push((part[..end].to_string(), version(&part[end..])?));
    }
    Ok(Requirement { name: text[..begin].trim().to_lowercase(), bounds })
}

impl Requirement {
    pub fn allows(&self, version: &Version) -> bool {
        self.bounds.iter().all(|(comparison, bound)| match comparison.as_str() {
            ">=" => version >= bound,
            "<" => version < bound,
            "==" => version == bound,
            "!=" => version != bound,
            _ => false,
        })
    }
}

/// Lines such as "flask 3.0.2: werkzeug>=3.0, jinja2>=3.1".
pub fn index(text: &str) -> Result<Index, String> {
    let mut index = Index::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (release, needs) = line.split_once(':').ok_or(format!("'{line}' has no colon"))?;
        let (name, number) = release.split_once(' ').ok_or(format!("'{release}' has no version"))?;
        let requirements = needs.split(';').filter(|part| !part.trim().is_empty());
        index.entry(name.to_lowercase()).or_default().push(Release {
            version: version(number)?,
            requirements: requirements.map(requirement).collect::<Result<_, _>>()?,
        });
    }
    for releases in index.values_mut() {
        releases.sort_by(|a, b| b.version.cmp(&a.version));
    }
    Ok(index)
}

/// Extends what is chosen so that all requirements hold; false: there is no way to.
fn choose(index: &Index, wanted: &[Requirement], chosen: &mut Chosen) -> bool {
    let Some((first, others)) = wanted.split_first() else { return true };
    if let Some(version) = chosen.get(&first.name) {
        return first.allows(version) && choose(index, others, chosen);
    }
    for release in index.get(&first.name).map_or(&[][..], Vec::as_slice) {
        if !first.allows(&release.version) {
            continue;
        }
        let before = chosen.clone();
        chosen.insert(first.name.clone(), release.version.clone());
        let next: Vec<_> = others.iter().chain(&release.requirements).cloned().collect();
        if choose(index, &next, chosen) {
            return true;
        }
        *chosen = before;
    }
    false
}

pub fn resolve(index: &Index, wanted: &[Requirement]) -> Result<Chosen, String> {
    let mut chosen = Chosen::new();
    if choose(index, wanted, &mut chosen) {
        return Ok(chosen);
    }
    Err("No solution found when resolving dependencies".to_string())
}

/// In place of a SHA-256 (this is FNV-1a).
pub fn hash(text: &str) -> String {
    let digest = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{digest:016x}")
}
