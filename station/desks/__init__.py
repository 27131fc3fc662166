"""What the screens beside the clerk's path do, without Qt: one desk per screen, each over the one `Station` object.

`SupervisorDesk` (S10), `DefectDesk` (S12), `HandOverDesk` (S13), `VisitDesk` (S17), `SettingsDesk` and `OperatorsDesk` (S18),
`PaperDesk` (print preview), `PairDesk` (two captures side by side). A desk gives view states (`station.views`) and takes intents; every
method touches journal, files or devices and is meant for the station's own thread (`ui.bridge.Jobs`).

May import: everything of `station`, `devices` and `biometrics`; never Qt.
"""
