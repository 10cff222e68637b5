"""The icons that our screens use, by their names in lucide; the sprite holds these and no others."""

_NAMES = """
check triangle-alert octagon-alert info x plus minus shopping-cart shopping-bag credit-card banknote receipt
printer scan-barcode scan-line qr-code wifi wifi-off cloud-off cloud-check cloud-alert user user-round users
store house search menu settings sun moon languages arrow-left arrow-right chevron-left chevron-right
chevron-down chevron-up arrow-up arrow-down arrow-up-down trash-2 pencil star gift percent ticket tag package
truck clock history circle-check circle-alert circle-x circle circle-dot loader-circle delete
corner-down-left lock lock-open log-out log-in scale plug unplug volume-2 volume-x bell calendar chart-column
chart-line list layout-grid refresh-cw undo-2 pause play copy download external-link phone mail wallet hand
circle-question-mark keyboard monitor smartphone tablet badge-percent archive box inbox eye eye-off camera zap
map-pin heart ellipsis image weight vault panel-top coins hand-coins sparkles key-round shield-check activity
server router cable scissors flame power bug gauge sliders-horizontal
"""
ICONS = sorted(set(_NAMES.split()))
