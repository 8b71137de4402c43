//! ECR's words for how bad a finding is.

/// How bad a finding is (ECR API reference, `FindingSeverity`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    Critical,
    High,
    Medium,
    Low,
    Informational,
    /// Basic scanning: the source of the finding does not rate it.
    Undefined,
    /// Enhanced scanning: not rated yet.
    Untriaged,
}

impl Severity {
    /// All of them, the worst first.
    pub(crate) const ALL: [Self; 7] = [
        Self::Critical,
        Self::High,
        Self::Medium,
        Self::Low,
        Self::Informational,
        Self::Undefined,
        Self::Untriaged,
    ];

    /// `CRITICAL`, as ECR writes it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Critical => "CRITICAL",
            Self::High => "HIGH",
            Self::Medium => "MEDIUM",
            Self::Low => "LOW",
            Self::Informational => "INFORMATIONAL",
            Self::Undefined => "UNDEFINED",
            Self::Untriaged => "UNTRIAGED",
        }
    }
}
