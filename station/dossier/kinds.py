"""The kinds of events, each with the keys its body has. A new kind is a new line here; old ones are never changed in meaning."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What happened. The comment lists the keys of the body."""

    OPENED = "dossier.opened"  # procedure, procedure_sha256, procedure_text (a site's own), applicant (declared fields), visit, ticket, kind, kind_open (nobody said yet), number
    CLASSIFIED = "dossier.classified"  # kind (first, exchange, reissue), reason, first_dossier (recapture links to it), proposed (by the program)
    LOOKED_UP = "population.looked-up"  # branch, record (register's fields) or None, source
    FIELD_SET = "field.set"  # name, value, source
    CARD_READ = "card.read"  # verdict, standing, fields, groups (blob sha256 by name)
    ATTEMPT = (
        "capture.attempted"  # step, number, score, reasons, accepted; capture: the picture of a try nobody decided about yet
    )
    CAPTURED = "capture.accepted"  # step, number, capture (see station.capture.model.Capture), how
    DISCARDED = "capture.discarded"  # step, reason; capture (event id) when it was accepted, attempt (number) when it only passed
    EXCEPTION = "finger.exception"  # finger, kind, permanence, reason, signature, photo (blob) with picture, or no_photo (why), by (pin, card, session)
    FINGERS_CHECKED = "fingers.checked"  # captures (event ids), prints, known (people), findings: kind, code, key, fingers, person, log10_chance, evidence
    ACTIVE_CHECKED = (
        "portrait.active-checked"  # step, challenges, done, outcome, tier: an aid to the officer, no liveness detection
    )
    REVIEWED = "dossier.reviewed"  # answers by line
    SIGNED = "dossier.signed"  # who (applicant, operator), form, signature or blob
    SEALED = "package.sealed"  # package id, sha256, bytes, recipients
    QUEUED = "package.queued"  # package id
    SENT = "package.sent"  # package id, carrier, bytes confirmed by the peer
    RECEIPT = "package.acknowledged"  # package id, receipt (bytes), intake
    REFUSED = "package.refused"  # package id, reasons
    EYE_EXCEPTION = "eye.exception"  # eye, kind, permanence, reason, signature, by
    EYE_EXCEPTION_WITHDRAWN = "eye.exception-withdrawn"  # eye, reason
    EXCEPTION_WITHDRAWN = "finger.exception-withdrawn"  # finger, reason
    PAPER = "paper.printed"  # form, basis, sha256, copy
    PROOF = "paper.photographed"  # what, field, blob; of a page taken here also words, media, width, height, ppi, source, device, flaws, reason, replaces
    PROOF_REMOVED = "paper.removed"  # paper (event id), reason
    PROOF_ABSENT = "paper.not-brought"  # what, field, reason: a wanted paper that is not here today
    FEE = "fee.settled"  # amount_vnd, exemption, receipt, basis
    OLD_CARD = "old-card.taken"  # kind (cmnd, cccd, none, lost), state (taken, not-brought, lost, kept, cut, none), reason
    SLIP = "slip.given"  # due (date), delivery (collect, home), place, rule
    VNEID = "vneid.recorded"  # state, consent, phone_checked, source
    PAUSED = "dossier.paused"  # reason
    RESUMED = "dossier.resumed"  # reason, kit
    ABANDONED = "dossier.abandoned"  # reason
    REOPENED = "dossier.reopened"  # reason
    MERGED = "dossier.merged"  # into (dossier id), reason; written into the one that ends
    MERGED_FROM = "dossier.merged-from"  # dossier; written into the one that goes on
    LINKED = "dossier.linked"  # dossier (an earlier one of the same citizen), why
    HANDED = "desk.handed-over"  # to (desk), from
    WAITING_FOR = "approval.asked"  # what, subject, reason, deferred
    DECIDED = "approval.decided"  # asked (event id), decision (approved, returned), reason
    DEFECT = "defect.found"  # code, field, evidence, owner, stops
    DEFECT_ASSIGNED = "defect.assigned"  # defect, owner, way (what was decided at the desk)
    DEFECT_CORRECTED = "defect.corrected"  # defect, field, old, new, proof (blob), form
    DEFECT_APPROVED = "defect.approved"  # defect, decision, reason
    DEFECT_CLOSED = "defect.closed"  # defect event id, how
    REVISION = "dossier.revision"  # number, reason, returned (package id): data open again, captures kept
    CARD_LISTED = "issued-card.listed"  # manifest, serial (from the centre's manifest)
    CARD_IN = "issued-card.checked-in"  # manifest, serial
    CARD_HANDED = "issued-card.handed-over"  # serial, chip, finger_score, uncompared, to, signature
    CARD_REFUSED = "issued-card.refused"  # serial, reason
    CARD_UNDELIVERED = "issued-card.undelivered"  # serial, reason, place, phone_tries, next_try
    CARD_ASTRAY = (
        "issued-card.astray"  # serial, owner (six digits of its kit, "" unknown): of another unit, to be sent on; no dossier
    )
    VISIT = "visit.noted"  # what (arrived, rested, left), minutes, helper, place
    TICKET = "ticket.issued"  # ticket, day, priority, procedure
    CALLED = "ticket.called"  # ticket, day, desk, out_of_order, reason
    TICKET_BACK = "ticket.returned"  # ticket, day, reason
    TICKET_CLOSED = "ticket.closed"  # ticket, day, dossier, reason
    NOTICE = "notice.received"  # notice id, kind, payload
    SIGNED_IN = "operator.signed-in"  # operator, roles, desk
    SIGNED_OUT = "operator.signed-out"  # operator, why
    SETTING = "setting.changed"  # name, old, new
    OPERATOR_ADDED = "operator.added"  # operator, name, roles, must-change, salt, hash, cost, public, key
    SIGN_IN_FAILED = "operator.sign-in-failed"  # operator ("" when there is no such account), desk
    OPERATOR_CHANGED = "operator.changed"  # operator and what changes: roles, active, unlocked, card, card-serial, must-change, salt, hash, cost, public, key
    OPERATOR_FINGERS = "operator.fingers"  # operator, change (enrolled, deleted), positions, digest, consent (signatures), reason
    TIME_TOLD = "clock.told"  # source, ahead_s: how far this clock is ahead of the trusted one
    CLOCK_OVERRIDDEN = "clock.overridden"  # reason, off_s, why
    AUDIT_HEAD = "audit.head-signed"  # head (event id), hash, key (signer's public half), signatures
    PURGED = "retention.purged"  # rule, before, dossiers, events, blobs, bytes, digest: the proof of a purge
    REDUCED = "retention.reduced"  # why, replaced: [[original sha256 as bytes, sha256 (hex) of the smaller form], ...]
    HELD = "retention.held"  # reason, until (date or ""): no purge before
    RELEASED = "retention.released"  # reason
    RESTORED = "journal.restored"  # former origin, its last sequence and hash
    EXPORTED = "subject.exported"  # dossier, digest of the file
    DRAFT_LENT = "draft.lent"  # lease, until: another kit of the team goes on with this dossier
    DRAFT_TAKEN = "draft.taken"  # lease, lender
    DRAFT_RECALLED = "draft.recalled"  # lease, reason
    TRUST_CHANGED = "trust.changed"  # purpose, change (added, removed, revoked), key id, subject, reason
    KEY_ROTATED = "key.rotated"  # old and new key id, signatures of the old key over the new public half
    CALIBRATED = (
        "device.calibrated"  # device (as in its identity), number, certificate (sha256), result, expires, signer (key id or "")
    )
