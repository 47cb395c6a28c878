"""What people call the API's maps. Source: spec/pubg.md 1.9, from the official dictionary."""

from __future__ import annotations

MAP_TITLES = {
    "Baltic_Main": "Erangel (Remastered)",
    "Chimera_Main": "Paramo",
    "Desert_Main": "Miramar",
    "DihorOtok_Main": "Vikendi",
    "Erangel_Main": "Erangel",
    "Heaven_Main": "Haven",
    "Kiki_Main": "Deston",
    "Neon_Main": "Rondo",
    "Range_Main": "Camp Jackal",
    "Savage_Main": "Sanhok",
    "Summerland_Main": "Karakin",
    "Tiger_Main": "Taego",
}
