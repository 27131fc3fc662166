"""The kinds of events, each with the keys its body has. A new kind is a new line here; old ones are never changed in meaning."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What happened. The comment lists the keys of the body."""

    OPENED = "dossier.opened"  # procedure, applicant (declared fields), visit, ticket
    LOOKED_UP = "population.looked-up"  # branch, record (register's fields) or None, source
    FIELD_SET = "field.set"  # name, value, source
    CARD_READ = "card.read"  # verdict, fields, groups (blob sha256 by name)
    ATTEMPT = "capture.attempted"  # step, number, score, reasons, accepted
    CAPTURED = "capture.accepted"  # step, number, capture (see station.capture.model.Capture), how
    DISCARDED = "capture.discarded"  # step, capture event id, reason
    EXCEPTION = "finger.exception"  # finger, kind, permanence, reason, signature
    REVIEWED = "dossier.reviewed"  # answers by line
    SIGNED = "dossier.signed"  # who (applicant, operator), form, signature or blob
    SEALED = "package.sealed"  # package id, sha256, bytes, recipients
    QUEUED = "package.queued"  # package id
    SENT = "package.sent"  # package id, carrier, bytes confirmed by the peer
    RECEIPT = "package.acknowledged"  # package id, receipt (bytes), intake
    REFUSED = "package.refused"  # package id, reasons
    PAUSED = "dossier.paused"  # reason
    ABANDONED = "dossier.abandoned"  # reason
    DEFECT = "defect.found"  # code, field, evidence, owner
    DEFECT_CLOSED = "defect.closed"  # defect event id, how
    NOTICE = "notice.received"  # notice id, kind, payload
    SIGNED_IN = "operator.signed-in"  # operator, roles, desk
    SIGNED_OUT = "operator.signed-out"  # operator, why
    SETTING = "setting.changed"  # name, old, new
    OPERATOR_ADDED = "operator.added"  # operator, name, roles, must-change, salt, hash, cost, public, key
    SIGN_IN_FAILED = "operator.sign-in-failed"  # operator ("" when there is no such account), desk
